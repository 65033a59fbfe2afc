import { type EntryRow, EntryTable } from "../../shared/protocol/log-tables.ts";
import type { EntryNote, LogPart } from "../../shared/protocol/viewer-events.ts";
import type { TraceRow } from "./trace.ts";
import { readRows } from "./trace-rows.ts";

/** A part of a log with its tables read: what the log takes in. */
export interface ReadPart {
  readonly epoch: string;
  readonly version: number;
  readonly since: number;
  readonly next: number;
  readonly head: number;
  readonly names: readonly string[];
  readonly entries: readonly EntryRow[];
  readonly results: readonly TraceRow[];
  readonly notes: readonly EntryNote[];
}

/** Reads the binary columns of a part; in the browser they arrive as an ArrayBuffer. */
export function readPart(part: LogPart): ReadPart {
  const { epoch, version, since, next, head, names, notes } = part;
  const entries = EntryTable.read(new Uint8Array(part.entries));
  const results = readRows(part.technique, part.results);
  return { epoch, version, since, next, head, names, notes, entries, results };
}
