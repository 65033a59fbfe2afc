import { ENTRY_STATUS, EntryTable } from "../../shared/protocol/log-tables.ts";
import { joinBytes } from "../../shared/protocol/numeric-table.ts";
import type { EntryNote, LogPart } from "../../shared/protocol/viewer-events.ts";
import { type Entry, entryFromBytes } from "../analysis/entry.ts";
import { setOffset } from "../analysis/result-rows.ts";
import type { LogHead, LogRow } from "../store/port.ts";

/** Which part of which log: what stands at the head of every part that travels. */
export interface PartPlace extends LogHead {
  readonly session_id: string;
  readonly version: number;
  readonly since: number;
}

/** Consecutive rows of a log, as they go to viewers. */
export function logPart(place: PartPlace, rows: readonly LogRow[]): LogPart {
  const entries = rows.map((row) => entryFromBytes(row.entry));
  const { session_id, epoch, version, since, head } = place;
  return {
    session_id,
    epoch,
    version,
    since,
    next: since + rows.length,
    head,
    names: rows.map((row) => row.name),
    entries: EntryTable.write(rows.map((row, index) => entryRow(row, entries[index]))),
    // A copy is joined, so setting offsets does not reach into what the store gave.
    results: joinBytes(rows.map((row) => setOffset(new Uint8Array(row.result ?? []), row.offset))),
    notes: rows.flatMap((row, index) => notesOf(row.offset, entries[index])),
  };
}

function entryRow(row: LogRow, entry: Entry | undefined) {
  const { offset, revision, same_content_as } = row;
  if (entry === undefined) return { offset, revision, same_content_as };
  const { file_number, frequency_hz, size_bytes, mtime_ms, started_at_ms, received_at_ms } = entry;
  const status = ENTRY_STATUS[entry.status];
  return {
    offset,
    status,
    revision,
    same_content_as,
    file_number,
    frequency_hz,
    size_bytes,
    mtime_ms,
    started_at_ms,
    received_at_ms,
  };
}

function notesOf(offset: number, entry: Entry | undefined): EntryNote[] {
  return entry?.notes.map((note) => ({ offset, ...note })) ?? [];
}
