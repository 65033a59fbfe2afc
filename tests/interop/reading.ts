import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
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

/** Downloads an export into a file of that name, as a script does: with the credential in the header. */
export async function download(url: string, credential: string): Promise<string> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${credential}` } });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  const file = join(await temporaryFolder(), basename(new URL(url).pathname));
  await writeFile(file, Buffer.from(await response.arrayBuffer()));
  return file;
}

/** What pandas, openpyxl and zipfile find in files, by their format (csv, json, xlsx, zip, sacmes.txt). */
export async function readWithPython(files: Readonly<Record<string, string>>): Promise<unknown[]> {
  const script = fileURLToPath(new URL("read_back.py", import.meta.url));
  const words = Object.entries(files).flat();
  const { stdout } = await run(pythonPath(), [script, ...words], { maxBuffer: MAX_OUTPUT });
  return JSON.parse(stdout);
}

export interface ReadParquet extends ReadTable {
  readonly metadata: Readonly<Record<string, string>>;
  readonly row_groups: number;
  readonly types: Readonly<Record<string, string>>;
}

/** What Arrow finds in a Parquet file. */
export async function readParquet(file: string): Promise<ReadParquet> {
  const script = fileURLToPath(new URL("read_parquet.mjs", import.meta.url));
  const { stdout } = await run(process.execPath, [script, file], { maxBuffer: MAX_OUTPUT });
  const read = JSON.parse(stdout);
  const columns: { name: string; type: string }[] = read.columns;
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
  return { ...read, columns: columns.map(({ name }) => name), types };
}
