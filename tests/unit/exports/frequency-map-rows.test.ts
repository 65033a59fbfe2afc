import { describe, expect, test } from "vitest";
import type { Note } from "../../../shared/protocol/note.ts";
import { frequencyMaps } from "../../../shared/trends/frequency-map.ts";
import { embeddedStore } from "../sessions/embedded-store.ts";
import { derive, excluded, listed, type ModelFile } from "../trends/model-log.ts";
import { syntheticLog } from "./synthetic-log.ts";

const file = (hz: number, number: number, ...heights: readonly number[]): ModelFile => ({
  name: `map_${hz}Hz_${number}.txt`,
  number,
  hz,
  heights,
});
const NONE = Number.NaN;

/** Heights by frequency, electrode by electrode, as the SACMES layout has them; in A. */
async function exported(files: readonly ModelFile[], notes: readonly Note[], since = 0) {
  const stored = files.map(({ heights, ...one }) => ({
    ...one,
    heights: new Map(heights.map((height, index) => [index + 1, height])),
  }));
  const log = await syntheticLog(await embeddedStore(), stored, { technique: "frequency-map", notes });
  const [head = "", ...lines] = (await log.text("sacmes.txt", { since })).trimEnd().split("\r\n");
  const columns = head.split(" ").flatMap((name, at) => (name.startsWith("PeakHeight_E") ? [at] : []));
  return lines.map((line) => {
    const cells = line.split(" ").map(Number);
    return [cells[0], ...listed(columns.map((at) => (cells[at] ?? NONE) / 1e6))];
  });
}

function onScreen(files: readonly ModelFile[], notes: readonly Note[]) {
  const maps = frequencyMaps(derive(files, {}, notes), "height", null);
  return [...(maps[0]?.frequenciesHz ?? [])].map((hz, row) => [
    hz,
    ...listed(maps.map(({ values }) => values[row] ?? NONE)),
  ]);
}

const TWICE = [file(10, 1, 1, 5), file(100, 1, 2, 6), file(10, 2, 3, 7), file(100, 2, 4, 8)];

describe("the newest frequency map in the SACMES layout is that of the screen", () => {
  test.each<
    readonly [string, readonly ModelFile[], readonly Note[], readonly (readonly (number | null)[])[]]
  >([
    [
      "where it was measured twice",
      TWICE,
      [],
      [
        [10, 3, 7],
        [100, 4, 8],
      ],
    ],
    [
      "where its newest file is excluded",
      TWICE,
      [excluded(TWICE, 2)],
      [
        [10, 1, 5],
        [100, 4, 8],
      ],
    ],
    [
      "where one electrode of it is excluded",
      TWICE,
      [excluded(TWICE, 2, 2)],
      [
        [10, 3, 5],
        [100, 4, 8],
      ],
    ],
    [
      "where its newest file has no peak",
      [...TWICE, file(100, 3, NONE, 9)],
      [],
      [
        [10, 3, 7],
        [100, 4, 9],
      ],
    ],
    [
      "where files come out of order",
      [2, 3, 0, 1].flatMap((at) => TWICE[at] ?? []),
      [],
      [
        [10, 3, 7],
        [100, 4, 8],
      ],
    ],
    [
      "where an old file is sent again",
      [...TWICE, file(10, 1, 50, 50)],
      [],
      [
        [10, 3, 7],
        [100, 4, 8],
      ],
    ],
    [
      "where the newest is sent again",
      [...TWICE, file(10, 2, 30, NONE)],
      [],
      [
        [10, 30, 5],
        [100, 4, 8],
      ],
    ],
    [
      "where a frequency never had a peak",
      [file(10, 1, NONE, NONE), file(100, 1, 2, 6)],
      [],
      [
        [10, null, null],
        [100, 2, 6],
      ],
    ],
  ])("%s", async (_what, files, notes, expected) => {
    expect(onScreen(files, notes)).toEqual(expected);
    expect(await exported(files, notes)).toEqual(
      expected.map((row) => row.map((value) => (value === null ? null : expect.closeTo(value, 9)))),
    );
  });

  test("and where it goes on from an offset it has the frequencies with a new file, whole", async () => {
    const perElectrode = [
      file(10, 1, 1),
      file(100, 1, 2),
      { ...file(10, 1, NONE, 7), name: "E2_10Hz_1.txt" },
    ];
    expect(await exported(perElectrode, [], 2)).toEqual([[10, expect.closeTo(1, 9), expect.closeTo(7, 9)]]);
  });
});
