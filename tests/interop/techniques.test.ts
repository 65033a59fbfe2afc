import { describe, expect, test } from "vitest";
import { sampleStatistics } from "../../shared/electrochem/sample-statistics.ts";
import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { RESULT_KINDS, resultTableOf } from "../../shared/protocol/log-tables.ts";
import { startAnalysis } from "../support/analysis-scene.ts";
import { hasRealData, listRealFiles, readRealFile } from "../support/data.ts";
import { simulatedFile } from "../support/fixtures.ts";
import {
  bits,
  download,
  type ReadCell,
  type ReadTable,
  readParquet,
  readWithPython,
  records,
} from "./reading.ts";

/** Fields that the tidy table says in another way. */
const SAID_OTHERWISE = ["offset", "kind", "flags"];
/** Whole numbers come out of Parquet as such. */
const WHOLE = ["scan", "electrode", "segment", "sweep", "direction"];
const PEAK = RESULT_KINDS.indexOf("peak");

type File = readonly [name: string, content: Uint8Array];

/** The first of the lab's files in a folder, twice: the second time under another number. */
function lab(folder: string): File[] {
  const [file = ""] = listRealFiles(folder).filter((name) => !name.endsWith(".md"));
  const ending = file.slice(file.lastIndexOf("."));
  return [1, 2].map((number) => [`run_${number}${ending}`, readRealFile(file)] as const);
}

async function startScene(technique: SessionTechnique, pattern: string, files: readonly File[], params = {}) {
  const { hub, user_id, session_id, send, rows, viewer } = await startAnalysis({
    technique,
    pattern,
    params,
  });
  for (const [name, content] of files) await send(name, content);
  const at = { offset: 1 };
  const change = { do: "add", note_id: "a-note-of-this-test", kind: "exclude", at, text: "bubble" } as const;
  await viewer.ask("annotate", { user_id, session_id, change });
  const fetched = (format: string) =>
    download(`${hub.url}/api/sessions/${session_id}/export.${format}`, user_id);
  return { rows: await rows(), fetched };
}

type Scene = Awaited<ReturnType<typeof startScene>>;

/** Every number of the log, to the bit, in every tidy format. */
async function assertTables({ rows, fetched }: Scene, technique: SessionTechnique): Promise<void> {
  expect(rows.length).toBeGreaterThan(1);
  const fields = resultTableOf(technique).fields.filter((field) => !SAID_OTHERWISE.includes(field));
  const expected = (cell: (field: string, value: number) => ReadCell) =>
    rows.map((row) => ({
      ...Object.fromEntries(fields.map((field) => [field, cell(field, row[field] ?? Number.NaN)])),
      outcome: RESULT_KINDS[row.kind ?? -1] ?? null,
      excluded: row.offset === 1,
      reason: row.offset === 1 ? "bubble" : null,
    }));
  const number = (value: number) => (Number.isNaN(value) ? null : bits(value));
  const doubles = expected((_field, value) => number(value));
  const found = (table: ReadTable, wanted: readonly Record<string, ReadCell>[]) =>
    records(table).map((row) =>
      Object.fromEntries(Object.keys(wanted[0] ?? {}).map((name) => [name, row[name] ?? null])),
    );
  const files = { csv: await fetched("csv"), json: await fetched("json"), xlsx: await fetched("xlsx") };
  // The shapes that read_back.py prints.
  const [csv, json, book] = (await readWithPython(files)) as [
    ReadTable,
    ReadTable,
    { sheets: Record<string, ReadTable> },
  ];
  expect(found(csv, doubles)).toEqual(doubles);
  expect(found(json, doubles)).toEqual(doubles);
  for (const electrode of new Set(rows.map((row) => row.electrode ?? Number.NaN))) {
    const own = doubles.filter((_, index) => rows[index]?.electrode === electrode);
    expect(found(book.sheets[`Electrode ${electrode}`] ?? { columns: [], rows: [] }, own)).toEqual(own);
  }
  const typed = expected((field, value) =>
    WHOLE.includes(field) && !Number.isNaN(value) ? value : number(value),
  );
  expect(found(await readParquet(await fetched("parquet")), typed)).toEqual(typed);
}

/** The layout of the desktop programs, by column position alone. */
async function classic({ fetched }: Scene): Promise<ReadTable> {
  const [table] = await readWithPython({ "sacmes.txt": await fetched("sacmes.txt") });
  return table as ReadTable; // the shape that read_back.py prints
}

const NAN = "7ff8000000000000";
const cellOf = (value: number) => (Number.isNaN(value) ? NAN : bits(value));

describe("[I7] runs of other techniques are read back by other programs as the log has them", () => {
  test.runIf(hasRealData())("cyclic voltammograms, and their classic layout", async () => {
    const scene = await startScene("cv", "run_{n}.{*}", lab("chi-cv"), { probes_v: [0] });
    await assertTables(scene, "cv");
    const { columns, rows } = await classic(scene);
    const electrodes = [...new Set(scene.rows.map((row) => row.electrode))].length;
    expect(columns).toHaveLength(1 + electrodes * (5 + 2));
    expect(rows.map(([number]) => number)).toEqual([1, 2].map(bits));
    const own = scene.rows.filter((row) => row.offset === 0 && row.electrode === scene.rows[0]?.electrode);
    const cells = (rows[0] ?? []).map((cell) => Buffer.from(String(cell), "hex").readDoubleBE());
    // Heights in µA without their sign, potentials in V, of one peak of each of the first two segments.
    const [, forward = 0, reverse = 0, ahead, back, separation = 0, , probe = 0] = cells;
    const peak = (segment: number, potential_v: number | undefined) =>
      own.find((row) => row.segment === segment && row.peak_potential_v === potential_v && row.kind === PEAK);
    expect(forward).toBe(Math.abs(peak(1, ahead)?.peak_height_a ?? 0) * 1e6);
    expect(reverse).toBe(Math.abs(peak(2, back)?.peak_height_a ?? 0) * 1e6);
    expect(separation).toBe(Math.abs((ahead ?? 0) - (back ?? 0)));
    expect(probe).toBe((own.find((row) => row.segment === 2)?.probe_1_a ?? Number.NaN) * 1e6);
    // The second file is excluded.
    expect(rows[1]?.slice(1, 6)).toEqual(Array(5).fill(NAN));
  });

  test("a frequency map, and its classic layout", async () => {
    const frequencies = [200, 15, 50];
    const files = frequencies.map(
      (frequencyHz, index) =>
        [`map_${index + 1}.txt`, simulatedFile(index + 1, { frequencyHz, electrodes: 3 })] as const,
    );
    const scene = await startScene("frequency-map", "map_{n}.txt", files);
    await assertTables(scene, "frequency-map");
    const { columns, rows } = await classic(scene);
    expect(columns).toHaveLength(1 + 3 * 2 + 4);
    for (const [index, frequency] of [15, 50, 200].entries()) {
      const heights = [1, 2, 3].map((electrode) => {
        const row = scene.rows.find((one) => one.electrode === electrode && one.frequency_hz === frequency);
        return row?.kind === PEAK && row.offset !== 1 ? (row.peak_height_a ?? Number.NaN) * 1e6 : Number.NaN;
      });
      const charges = heights.map((height) => height / frequency);
      const [height, charge] = [sampleStatistics(heights), sampleStatistics(charges)];
      const own = heights.flatMap((value, at) => [value, charges[at] ?? Number.NaN]);
      const expected = [frequency, ...own, height.mean, height.sd, charge.mean, charge.sd];
      expect(rows[index]).toEqual(expected.map(cellOf));
    }
  });

  test.runIf(hasRealData())("chronoamperometric lifetimes", async () => {
    const scene = await startScene("ca", "run_{n}.{*}", lab("gamry-dta-ca"));
    await assertTables(scene, "ca");
    await expect(scene.fetched("sacmes.txt")).rejects.toThrow(/400.*no layout for chronoamperometry/);
  });
});
