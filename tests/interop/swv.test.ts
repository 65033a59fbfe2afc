import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { ENTRY_STATUS, RESULT_KINDS, ResultTable } from "../../shared/protocol/log-tables.ts";
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
import { ELECTRODES, type SwvScene, startSwvScene } from "./swv-scene.ts";

const NUMBERS = ResultTable.fields.filter((field) => !["offset", "kind", "flags"].includes(field));

/** What every tidy table must say: the log's own rows, read by the protocol. */
function expected({ log }: SwvScene): Record<string, ReadCell>[] {
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
      outcome: RESULT_KINDS[result.kind] ?? null,
      ...Object.fromEntries(NUMBERS.map((field) => [field, number(result[field])])),
    }));
  });
}

function number(value: number): string | null {
  return Number.isNaN(value) ? null : bits(value);
}

/** Formula-like names carry an apostrophe in a CSV, and only there. */
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
  };
  const [csv, json, xlsx, zip] = await readWithPython(files);
  assertCsv(scene, csv as ReadTable); // the shapes that read_back.py prints
  assertJson(scene, json as ReadTable & { manifest: object });
  assertBook(scene, xlsx as ReadBook);
  assertArchive(scene, zip as ReadArchive);
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
  expect(Object.keys(read.sheets)).toEqual([...names, "Files", "Parameters", "Manifest"]);
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

function sheet({ sheets }: ReadBook, name: string): ReadTable {
  return sheets[name] ?? { columns: [], rows: [] };
}

/** Whole numbers come out of Parquet as such. */
function whole(cell: ReadCell | undefined): number | null {
  return typeof cell === "string" ? Buffer.from(cell, "hex").readDoubleBE() : null;
}
