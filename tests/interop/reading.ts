import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import { temporaryFolder } from "../support/agent.ts";
import { pythonPath } from "../support/bring-tools.ts";

/** Exports as other programs read them. */

const run = promisify(execFile);
const MAX_OUTPUT = 256 * 1024 * 1024;

/** The 16 hex digits of a double's bits; how the readers tell every number. */
export function bits(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}

/** A number as a reader tells it: by its bits, none as null. */
export function numberCell(value: number): string | null {
  return Number.isNaN(value) ? null : bits(value);
}

/** The number that a reader has told; NaN for none. */
export function numberOf(cell: ReadCell | undefined): number {
  return typeof cell === "string" ? Buffer.from(cell, "hex").readDoubleBE() : Number.NaN;
}

/** A cell as every reader tells it: a double by its bits, a time by its ms, nothing as null. */
export type ReadCell = string | boolean | { readonly ms: number } | number | null;

export interface ReadTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ReadCell[])[];
}

/** A table as records by column name. */
export function records({ columns, rows }: ReadTable): Record<string, ReadCell>[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])));
}

/** The same records with no more fields than those that are expected have. */
export function found(
  table: ReadTable,
  expected: readonly Record<string, ReadCell>[],
): Record<string, ReadCell>[] {
  return records(table).map((row, index) =>
    Object.fromEntries(Object.keys(expected[index] ?? {}).map((name) => [name, row[name] ?? null])),
  );
}

export interface ReadBook {
  readonly sheets: Readonly<Record<string, ReadTable>>;
  readonly formulas: readonly string[];
}

export function sheetOf({ sheets }: ReadBook, name: string): ReadTable {
  return sheets[name] ?? { columns: [], rows: [] };
}

export interface ReadArchive {
  readonly broken: string | null;
  readonly names: readonly string[];
  readonly sha256: Readonly<Record<string, string>>;
  readonly manifest: {
    readonly complete: boolean;
    readonly raw_files: readonly { name: string; revision: number; path: string; sha256: string }[];
  };
  readonly results: ReadTable;
}

export interface ReadParquet extends ReadTable {
  readonly metadata: Readonly<Record<string, string>>;
  readonly row_groups: number;
  readonly types: Readonly<Record<string, string>>;
}

/** All exports of one run, as other programs find them. */
export interface ReadExports {
  readonly csv: ReadTable;
  readonly json: ReadTable & { readonly manifest: { readonly remarks: readonly string[] } };
  readonly xlsx: ReadBook;
  readonly zip: ReadArchive;
  readonly parquet: ReadParquet;
  /** Absent where the technique has no such layout. */
  readonly "sacmes.txt"?: ReadTable & { readonly ends_with_line_end: boolean };
  /** What `sacmes.txt` must hold, computed from the tidy table by none of the hub's code. */
  readonly classic?: ReadTable;
}

/** A run whose exports can be downloaded. */
export interface Exported {
  /** Of the hub and the session: `…/api/sessions/:id`. */
  readonly address: string;
  readonly credential: string;
  readonly formats?: readonly ExportFormat[];
}

/** Downloads every format of every run as a script does, and has other programs read them all. */
export async function readBack(runs: readonly Exported[]): Promise<ReadExports[]> {
  const folders = await Promise.all(runs.map(download));
  const script = fileURLToPath(new URL("read_back.py", import.meta.url));
  const { stdout } = await run(pythonPath(), ["-B", script, ...folders], { maxBuffer: MAX_OUTPUT });
  const parquet = await readParquet(folders.map((folder) => join(folder, "export.parquet")));
  const others: Omit<ReadExports, "parquet">[] = JSON.parse(stdout);
  return others.map((read, index) => ({ ...read, parquet: parquet[index] as ReadParquet })); // one for each file
}

/** @returns the folder with the files */
async function download({ address, credential, formats = ExportFormat.options }: Exported): Promise<string> {
  const folder = await temporaryFolder();
  for (const format of formats) {
    const headers = { authorization: `Bearer ${credential}` };
    const response = await fetch(`${address}/export.${format}`, { headers });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    await writeFile(join(folder, `export.${format}`), Buffer.from(await response.arrayBuffer()));
  }
  return folder;
}

async function readParquet(files: readonly string[]): Promise<ReadParquet[]> {
  const script = fileURLToPath(new URL("read_parquet.mjs", import.meta.url));
  const { stdout } = await run(process.execPath, [script, ...files], { maxBuffer: MAX_OUTPUT });
  const read: (Omit<ReadParquet, "columns" | "types"> & { columns: { name: string; type: string }[] })[] =
    JSON.parse(stdout);
  return read.map(({ columns, ...others }) => ({
    ...others,
    columns: columns.map(({ name }) => name),
    types: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
  }));
}
