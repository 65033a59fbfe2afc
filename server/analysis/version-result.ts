import { type Entry, entryFromBytes, entryToBytes } from "./entry.ts";

/** What one version of the parameters says of one file. */
export interface VersionResult {
  /** In place of the log's own entry, where this version reads the file differently; else null. */
  readonly entry: Entry | null;
  /** Rows of the technique's result table. */
  readonly rows: Uint8Array;
}

/** Length of the entry, before it. */
const HEADER_BYTES = 4;

/** As a store keeps it: length of the entry (u32, little-endian), the entry as JSON, the rows. */
export function resultToBytes({ entry, rows }: VersionResult): Uint8Array {
  const text = entry === null ? new Uint8Array() : entryToBytes(entry);
  const bytes = new Uint8Array(HEADER_BYTES + text.length + rows.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, HEADER_BYTES);
  bytes.set(rows, HEADER_BYTES + text.length);
  return bytes;
}

/** The rows alone, in memory of their own; none where the version has nothing. */
export function rowsOf(result: Uint8Array | null): Uint8Array {
  return result === null ? new Uint8Array() : new Uint8Array(resultFromBytes(result).rows);
}

/** The rows share the memory of `bytes`. */
export function resultFromBytes(bytes: Uint8Array): VersionResult {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const end = HEADER_BYTES + length;
  const entry = length === 0 ? null : entryFromBytes(bytes.subarray(HEADER_BYTES, end));
  return { entry, rows: bytes.subarray(end) };
}
