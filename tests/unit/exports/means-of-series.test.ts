import fc from "fast-check";
import { expect, test } from "vitest";
import type { DerivedTrends } from "../../../shared/trends/derived-trends.ts";
import { embeddedStore } from "../sessions/embedded-store.ts";
import { derive, type ModelFile } from "../trends/model-log.ts";
import { syntheticLog } from "./synthetic-log.ts";

const SETTINGS = { reference: { from: 1, to: 1 }, axis: "file-number", seconds_per_file: 30 } as const;
const ELECTRODES = 3;

/** Series of one session that count alike, with holes, peaks that are missing, electrodes apart or together. */
const logs: fc.Arbitrary<ModelFile[]> = fc
  .array(
    fc.record({
      series: fc.constantFrom("a", "b", "c"),
      number: fc.integer({ min: 1, max: 4 }),
      hz: fc.constantFrom(15, 200),
      heights: fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constant(Number.NaN)), {
        minLength: ELECTRODES,
        maxLength: ELECTRODES,
      }),
      without: fc.subarray([1, 2, 3], { maxLength: ELECTRODES - 1 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((files) => files.map((file, index) => ({ ...file, name: `${file.series}/${file.hz}Hz_${index}` })));

/** A mean and its spread, of one row each; rows without any value left out, in the order of numbers and values. */
type Means = readonly string[];

const told = (key: number, mean: number, sd: number) =>
  Number.isNaN(mean) ? [] : [[key, mean, sd].map((value) => value.toPrecision(9)).join(" ")];

function onScreen(trends: DerivedTrends, signal: "value" | "kdm", hz: number | null, scale = 1): Means {
  const { keys, mean, sd } = trends.band(signal, hz);
  const spread = (row: number) => (signal === "value" ? Number.NaN : (sd[row] ?? Number.NaN));
  return [...keys].flatMap((key, row) => told(key, (mean[row] ?? Number.NaN) * scale, spread(row))).sort();
}

/** The columns with these headings; without a spread where the layout has none. */
function exported(text: string, mean: string, sd: string | null): Means {
  const [head = "", ...lines] = text.trimEnd().split("\r\n");
  const names = head.split(" ");
  return lines
    .flatMap((line) => {
      const cells = line.split(" ").map(Number);
      const cell = (name: string | null) =>
        name === null ? Number.NaN : (cells[names.indexOf(name)] ?? Number.NaN);
      return told(cell("File"), cell(mean), cell(sd));
    })
    .sort();
}

test("means across electrodes are the same on the screen and in the SACMES layout, also where series count alike", async () => {
  const store = await embeddedStore();
  await fc.assert(
    fc.asyncProperty(logs, fc.constantFrom<number[] | null>(null, [1, 3]), async (files, counted) => {
      const params = { ...SETTINGS, electrodes: counted };
      const trends = derive(files, params);
      fc.pre(trends.electrodes.length > 1);
      const stored = files.map(({ heights, without, ...file }) => ({
        ...file,
        heights: new Map(
          heights.flatMap((height, i): [number, number][] =>
            without?.includes(i + 1) ? [] : [[i + 1, height]],
          ),
        ),
      }));
      const text = await (await syntheticLog(store, stored, { params })).text("sacmes.txt");
      for (const hz of trends.frequencies)
        expect(exported(text, `Avg_PeakHeight_${hz}Hz`, null)).toEqual(onScreen(trends, "value", hz, 1e6));
      if (trends.frequencies.length > 1)
        expect(exported(text, "AvgKDM", "KDM_STD")).toEqual(onScreen(trends, "kdm", null));
    }),
    { numRuns: 60 },
  );
}, 60_000);
