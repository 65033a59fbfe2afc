import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { ENTRY_STATUS, RESULT_KINDS, ResultTable } from "../../shared/protocol/log-tables.ts";
import { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import type { FileSeries } from "../../shared/trends/trace-series.ts";
import { CollectedLog } from "../../shared/trends/trend-log.ts";
import {
  bits,
  download,
  type ReadCell,
  type ReadParquet,
  type ReadTable,
  readParquet,
  readWithPython,
  records,
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
  const [offHz, onHz] = FREQUENCIES_HZ;
  const at = ({ offsets, values }: FileSeries) => number(values[offsets.indexOf(offset)] ?? Number.NaN);
  return {
    normalised: at(trends.normalised(electrode, frequencyHz)),
    normalised_corrected: frequencyHz === offHz ? at(trends.corrected(electrode, frequencyHz)) : null,
    ratio: frequencyHz === onHz ? at(trends.ratio(electrode)) : null,
    kdm: frequencyHz === onHz ? at(trends.kdm(electrode)) : null,
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
      return [{ ...common, outcome: status, frequency_hz: number(entry.frequency_hz), electrode: null }];
    }
    return results.map((result) => ({
      ...common,
      ...trendCells(trends, entry.offset, result.electrode, result.frequency_hz),
      excluded: trends.exclusions.isExcluded(entry.offset, result.electrode),
      reason: trends.exclusions.of(entry.offset, result.electrode)[0]?.text ?? null,
      outcome: RESULT_KINDS[result.kind] ?? null,
      ...Object.fromEntries(NUMBERS.map((field) => [field, number(result[field])])),
    }));
  });
}

function number(value: number): string | null {
  return Number.isNaN(value) ? null : bits(value);
}

/** Formula-like texts carry an apostrophe in a CSV, and only there. */
function asInCsv(row: Record<string, ReadCell>): Record<string, ReadCell> {
  return { ...row, file: String(row.file).replace(/^(?=[=-])/, "'") };
}

function found(table: ReadTable, fields: readonly Record<string, ReadCell>[]): Record<string, ReadCell>[] {
  return records(table).map((row, index) =>
    Object.fromEntries(Object.keys(fields[index] ?? {}).map((name) => [name, row[name] ?? null])),
  );
}

interface ReadBook {
  readonly sheets: Readonly<Record<string, ReadTable>>;
  readonly formulas: readonly string[];
}

interface ReadArchive {
  readonly broken: string | null;
  readonly names: readonly string[];
  readonly sha256: Readonly<Record<string, string>>;
  readonly manifest: {
    readonly complete: boolean;
    readonly raw_files: readonly { name: string; revision: number; path: string; sha256: string }[];
  };
  readonly results: ReadTable;
}

test("[I7] a square wave run is read back by other programs, in every format, as the log has it", async () => {
  const scene = await startSwvScene();
  const fetched = (format: string) =>
    download(`${scene.url}/api/sessions/${scene.session_id}/export.${format}`, scene.user_id);
  const files = {
    csv: await fetched("csv"),
    json: await fetched("json"),
    xlsx: await fetched("xlsx"),
    zip: await fetched("zip"),
    "sacmes.txt": await fetched("sacmes.txt"),
  };
  const [csv, json, xlsx, zip, sacmes] = await readWithPython(files);
  assertCsv(scene, csv as ReadTable); // the shapes that read_back.py prints
  assertJson(scene, json as ReadTable & { manifest: object });
  assertBook(scene, xlsx as ReadBook);
  assertArchive(scene, zip as ReadArchive);
  assertSacmes(scene, sacmes as ReadTable & { ends_with_line_end: boolean });
  assertParquet(scene, await readParquet(await fetched("parquet")));
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
  expect(Object.keys(read.sheets)).toEqual([...names, "Files", "Notes", "Parameters", "Manifest"]);
  for (const electrode of electrodes) {
    const rows = expected(scene).filter((row) => row.electrode === bits(electrode));
    expect(found(sheet(read, `Electrode ${electrode}`), rows)).toEqual(rows);
  }
  const files = records(sheet(read, "Files"));
  expect(files.map(({ file }) => file)).toEqual(scene.log.names);
  expect(files.at(0)?.received_utc).toEqual({ ms: scene.log.entries[0]?.received_at_ms });
  expect(records(sheet(read, "Parameters"))).toContainEqual({ name: "method", value: "hull" });
}

/** Every file byte for byte, earlier revisions beside. */
function assertArchive(scene: SwvScene, read: ReadArchive): void {
  expect(read.broken).toBeNull();
  expect(new Set(read.names).size).toBe(read.names.length);
  expect(read.manifest.complete).toBe(true);
  expect(read.manifest.raw_files.map(({ name }) => name)).toEqual(scene.log.names);
  for (const { name, revision, path, sha256 } of read.manifest.raw_files) {
    const content = scene.contents.get(name)?.[revision - 1] ?? new Uint8Array();
    expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
    expect(read.sha256[path]).toBe(sha256);
    expect(path).toMatch(/^(files|superseded)\/[^/]/);
  }
  expect(read.names).toContain("files/swv_15Hz_2.txt");
  expect(read.names).toContain("superseded/revision-1/swv_15Hz_2.txt");
  expect(read.names).toContain("superseded/revision-2/swv_15Hz_2.txt");
  const rows = expected(scene).map(asInCsv);
  expect(found(read.results, rows)).toEqual(rows);
}

/** By column position alone, as scripts around the desktop program do (SACMES.md §7.1). */
function assertSacmes(scene: SwvScene, read: ReadTable & { ends_with_line_end: boolean }): void {
  const trends = screenTrends(scene);
  expect(read.ends_with_line_end).toBe(true);
  const [E, F] = [ELECTRODES, FREQUENCIES_HZ.length];
  expect(read.columns).toHaveLength(2 + E * F + F + E * F + F + F + (E + 2) + (E + 2));
  const keys = [...trends.value(1, 15).keys];
  expect(read.rows.map(([file]) => file)).toEqual(keys.map(bits));
  expect(read.rows.map(([, hours]) => hours)).toEqual(keys.map((key) => bits((key * 20) / 3600)));
  const at = (key: number, { keys, values }: FileSeries) => values[keys.indexOf(key)] ?? Number.NaN;
  const NAN = "7ff8000000000000";
  const same = (cell: ReadCell | undefined, value: number) =>
    expect(cell).toBe(Number.isNaN(value) ? NAN : bits(value));
  for (const [row, key] of keys.entries())
    for (const [f, frequency] of FREQUENCIES_HZ.entries())
      for (let e = 0; e < E; e++) {
        const cells = read.rows[row] ?? [];
        const normalised = f === 0 ? trends.corrected(e + 1, frequency) : trends.normalised(e + 1, frequency);
        same(cells[2 + f * E + e], at(key, trends.value(e + 1, frequency)) * 1e6);
        same(cells[2 + E * F + F + f * E + e], at(key, normalised));
        same(cells[2 + 2 * E * F + 3 * F + (E + 2) + e], at(key, trends.kdm(e + 1)));
      }
}

function sheet({ sheets }: ReadBook, name: string): ReadTable {
  return sheets[name] ?? { columns: [], rows: [] };
}

/** Whole numbers come out of Parquet as such. */
function whole(cell: ReadCell | undefined): number | null {
  return typeof cell === "string" ? Buffer.from(cell, "hex").readDoubleBE() : null;
}
