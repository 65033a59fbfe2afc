import { expect, test } from "vitest";
import { ENTRY_STATUS, RESULT_KINDS, ResultTable } from "../../shared/protocol/log-tables.ts";
import { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import type { FileSeries } from "../../shared/trends/trace-series.ts";
import { CollectedLog } from "../../shared/trends/trend-log.ts";
import { assertClassic, assertRawFiles } from "./agreement.ts";
import {
  bits,
  found,
  numberCell,
  numberOf,
  type ReadArchive,
  type ReadBook,
  type ReadCell,
  type ReadParquet,
  type ReadTable,
  readBack,
  records,
  sheetOf,
} from "./reading.ts";
import { ELECTRODES, FREQUENCIES_HZ, type SwvScene, startSwvScene, TREND_PARAMS } from "./swv-scene.ts";

const NUMBERS = ResultTable.fields.filter((field) => !["offset", "kind", "flags"].includes(field));

/** The trends as the screen has them: from the log that a viewer reads. */
function screenTrends({ log, notes }: SwvScene): DerivedTrends {
  const collected = new CollectedLog();
  collected.add(log.names, log.entries, log.results);
  return new DerivedTrends(collected, notes, TREND_PARAMS);
}

function trendCells(trends: DerivedTrends, offset: number, electrode: number, frequencyHz: number) {
  const [offHz = 0, onHz = 0] = FREQUENCIES_HZ;
  const place = ({ offsets }: FileSeries) => offsets.indexOf(offset);
  const at = (series: FileSeries) => numberCell(series.values[place(series)] ?? Number.NaN);
  const [on, off] = [trends.normalised(electrode, onHz), trends.normalised(electrode, offHz)];
  const key = [on, off].map((series) => series.keys[place(series)]).find((one) => one !== undefined);
  /** Of the pair of this file's number, where this is its later file. */
  const ofPair = ({ keys, values }: FileSeries) => {
    const both = [on, off].map((series) => series.offsets[series.keys.indexOf(key ?? Number.NaN)] ?? -1);
    return Math.max(...both) === offset
      ? numberCell(values[keys.indexOf(key ?? Number.NaN)] ?? Number.NaN)
      : null;
  };
  return {
    normalised: at(trends.normalised(electrode, frequencyHz)),
    normalised_corrected: frequencyHz === offHz ? at(trends.corrected(electrode, frequencyHz)) : null,
    ratio: ofPair(trends.ratio(electrode)),
    kdm: ofPair(trends.kdm(electrode)),
  };
}

/** What every tidy table must say: the log's own rows, read by the protocol. */
function expected(scene: SwvScene): Record<string, ReadCell>[] {
  const { log } = scene;
  const trends = screenTrends(scene);
  const newest = new Map(log.names.map((name, offset) => [name, offset]));
  return log.entries.flatMap((entry): Record<string, ReadCell>[] => {
    const file = log.names[entry.offset] ?? "";
    const common = {
      offset: bits(entry.offset),
      file,
      revision: bits(entry.revision),
      superseded: newest.get(file) !== entry.offset,
    };
    const results = log.results.filter(({ offset }) => offset === entry.offset);
    if (results.length === 0) {
      const status = Object.keys(ENTRY_STATUS)[entry.status] ?? null;
      return [{ ...common, outcome: status, frequency_hz: numberCell(entry.frequency_hz), electrode: null }];
    }
    return results.map((result) => ({
      ...common,
      ...trendCells(trends, entry.offset, result.electrode, result.frequency_hz),
      excluded: trends.exclusions.isExcluded(entry.offset, result.electrode),
      reason: trends.exclusions.of(entry.offset, result.electrode)[0]?.text ?? null,
      outcome: RESULT_KINDS[result.kind] ?? null,
      ...Object.fromEntries(NUMBERS.map((field) => [field, numberCell(result[field])])),
    }));
  });
}

/** Formula-like texts carry an apostrophe in a CSV, and only there. */
function asInCsv(row: Record<string, ReadCell>): Record<string, ReadCell> {
  return { ...row, file: String(row.file).replace(/^(?=[=-])/, "'") };
}

test("[I7] a square wave run is read back by other programs, in every format, as the log has it", async () => {
  const scene = await startSwvScene();
  const address = `${scene.url}/api/sessions/${scene.session_id}`;
  const [read] = await readBack([{ address, credential: scene.user_id }]);
  if (read === undefined) throw new Error("Nothing was read back.");
  assertCsv(scene, read.csv);
  assertJson(scene, read.json);
  assertBook(scene, read.xlsx);
  assertArchive(scene, read.zip);
  assertClassic("the run", read);
  assertParquet(scene, read.parquet);
});

function assertCsv(scene: SwvScene, read: ReadTable): void {
  const rows = expected(scene).map(asInCsv);
  expect(found(read, rows)).toEqual(rows);
  expect(new Set(records(read).map(({ method }) => method))).toEqual(new Set(["hull"]));
}

function assertJson(scene: SwvScene, read: ReadTable & { manifest: object }): void {
  const rows = expected(scene);
  expect(found(read, rows)).toEqual(rows);
  expect(read.manifest).toMatchObject({ rows: rows.length, complete: true, missing: [] });
}

function assertParquet(scene: SwvScene, read: ReadParquet): void {
  const wholes = ["offset", "revision", "scan", "electrode"];
  const rows = expected(scene).map((row) => ({
    ...row,
    ...Object.fromEntries(wholes.map((name) => [name, whole(row[name])])),
  }));
  expect(found(read, rows)).toEqual(rows);
  expect(JSON.parse(read.metadata.benchcast ?? "")).toMatchObject({ rows: rows.length, method: "hull" });
  expect(read.types).toMatchObject({ file: "Utf8", electrode: "Int32", peak_height_a: "Float64" });
  expect(read.types).toMatchObject({ superseded: "Bool", received_utc: "Timestamp<MILLISECOND, UTC>" });
}

/** A sheet per electrode, and no formula. */
function assertBook(scene: SwvScene, read: ReadBook): void {
  expect(read.formulas).toEqual([]);
  const electrodes = Array.from({ length: ELECTRODES }, (_, index) => index + 1);
  const names = electrodes.map((electrode) => `Electrode ${electrode}`);
  expect(Object.keys(read.sheets)).toEqual([...names, "Files", "Notes", "Trends", "Parameters", "Manifest"]);
  for (const electrode of electrodes) {
    const rows = expected(scene).filter((row) => row.electrode === bits(electrode));
    expect(found(sheetOf(read, `Electrode ${electrode}`), rows)).toEqual(rows);
  }
  const files = records(sheetOf(read, "Files"));
  expect(files.map(({ file }) => file)).toEqual(scene.log.names);
  expect(files.at(0)?.received_utc).toEqual({ ms: scene.log.entries[0]?.received_at_ms });
  expect(records(sheetOf(read, "Parameters"))).toContainEqual({ name: "method", value: "hull" });
}

/** Every file byte for byte, earlier revisions beside. */
function assertArchive(scene: SwvScene, read: ReadArchive): void {
  assertRawFiles("the run", read, scene.log.names, scene.contents);
  expect(read.names).toContain("files/swv_15Hz_2.txt");
  expect(read.names).toContain("superseded/revision-1/swv_15Hz_2.txt");
  expect(read.names).toContain("superseded/revision-2/swv_15Hz_2.txt");
  const rows = expected(scene).map(asInCsv);
  expect(found(read.results, rows)).toEqual(rows);
}

/** Whole numbers come out of Parquet as such. */
function whole(cell: ReadCell | undefined): number | null {
  return typeof cell === "string" ? numberOf(cell) : null;
}
