import { createHash } from "node:crypto";
import {
  DecayResultTable,
  EntryTable,
  ResultTable,
  SweepResultTable,
} from "../../shared/protocol/log-tables.ts";
import { joinBytes } from "../../shared/protocol/numeric-table.ts";
import type { PageContent } from "./log-page.ts";

/*
 * A page of a log as it is kept ready to travel. Bytes: format (8), lengths of names, notes and entries (u32 each),
 * then names and notes as JSON, the rows of the entry table, and those of the result table.
 */

const TABLES = [EntryTable, ResultTable, SweepResultTable, DecayResultTable];

/** Another layout, or tables with other fields, is another format: pages of an older hub are then made anew. */
const FORMAT = createHash("sha256")
  .update(JSON.stringify([2, ...TABLES.map(({ fields }) => fields)]))
  .digest()
  .subarray(0, 8);
const HEADER_BYTES = FORMAT.length + 3 * 4;

export function pageToBytes({ names, notes, entries, results }: PageContent): Uint8Array {
  const texts = [names, notes].map((list) => Buffer.from(JSON.stringify(list)));
  const header = Buffer.alloc(HEADER_BYTES);
  FORMAT.copy(header);
  for (const [index, { length }] of [...texts, entries].entries()) {
    header.writeUInt32LE(length, FORMAT.length + 4 * index);
  }
  return joinBytes([header, ...texts, entries, results]);
}

/** Null for bytes of another format. The tables share the memory of `bytes`. */
export function pageFromBytes(bytes: Uint8Array): PageContent | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEADER_BYTES || !buffer.subarray(0, FORMAT.length).equals(FORMAT)) return null;
  const length = (index: number) => buffer.readUInt32LE(FORMAT.length + 4 * index);
  const namesEnd = HEADER_BYTES + length(0);
  const notesEnd = namesEnd + length(1);
  const entriesEnd = notesEnd + length(2);
  return {
    // Written by `pageToBytes` of this very format, so it has the shape.
    names: JSON.parse(buffer.toString("utf8", HEADER_BYTES, namesEnd)) as PageContent["names"],
    notes: JSON.parse(buffer.toString("utf8", namesEnd, notesEnd)) as PageContent["notes"],
    entries: bytes.subarray(notesEnd, entriesEnd),
    results: bytes.subarray(entriesEnd),
  };
}
