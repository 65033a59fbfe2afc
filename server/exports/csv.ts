import { MAX_LOG_PAGE } from "../../shared/protocol/limits.ts";
import type { EntryRow, PlacedRow } from "../../shared/protocol/log-tables.ts";
import {
  ENTRY_STATUS,
  EntryTable,
  RESULT_FLAGS,
  RESULT_KINDS,
  resultTableOf,
} from "../../shared/protocol/log-tables.ts";
import { logPart } from "../sessions/log-page.ts";
import { logKey, type SessionRecord } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { LogRow, Store } from "../store/port.ts";

/** Tidy CSV: a row per file, scan and electrode; SI units, full precision, empty where there is nothing. */

type Result = PlacedRow & Readonly<Record<string, number>>;

/** What a line is made from. `result` is absent for a file without one. */
interface Line {
  readonly row: LogRow;
  readonly entry: EntryRow;
  readonly result: Result | undefined;
  readonly note: string;
  readonly newest: boolean;
  readonly session: SessionRecord;
}

type Cell = string | number | boolean | null;

const STATUS_NAMES = Object.fromEntries(Object.entries(ENTRY_STATUS).map(([name, code]) => [code, name]));

type Columns = Record<string, (line: Line) => Cell>;

/** Columns that are written in words, or that other columns say better. */
const WORDED = ["offset", "scan", "electrode", "frequency_hz", "kind", "flags"];

function columnsFor({ technique }: SessionRecord): Columns {
  const fields = resultTableOf(technique).fields.filter((field) => !WORDED.includes(field));
  const numbers = fields.map((field) => [field, ({ result }: Line) => result?.[field] ?? null]);
  return { ...PLACE_COLUMNS, ...Object.fromEntries(numbers), ...REST_COLUMNS };
}

const PLACE_COLUMNS: Columns = {
  offset: ({ row }) => row.offset,
  file: ({ row }) => row.name,
  file_number: ({ entry }) => entry.file_number,
  revision: ({ row }) => row.revision,
  newest_revision: ({ newest }) => newest,
  scan: ({ result }) => result?.scan ?? null,
  electrode: ({ result }) => result?.electrode ?? null,
  frequency_hz: ({ result, entry }) => result?.frequency_hz ?? entry.frequency_hz,
  instrument_time: ({ entry }) => isoTime(entry.started_at_ms).replace("Z", ""),
  modified_utc: ({ entry }) => isoTime(entry.mtime_ms),
  received_utc: ({ entry }) => isoTime(entry.received_at_ms),
  outcome: ({ result, entry }) =>
    result ? (RESULT_KINDS[result.kind] ?? null) : (STATUS_NAMES[entry.status] ?? null),
};

const REST_COLUMNS: Columns = {
  flags: ({ result }) => flagNames(result?.flags ?? 0),
  note: ({ note }) => note,
  method: ({ session }) => session.params.method,
  parameters: ({ session }) => JSON.stringify(session.params),
  parameter_version: ({ session }) => session.version,
  sha256: ({ row }) => row.sha256,
};

/** The whole log of one session up to where it stands now, as text in pieces of one page each. */
export async function* csvOf(store: Store, tag: UserTag, session: SessionRecord): AsyncGenerator<string> {
  const columns = columnsFor(session);
  yield `${Object.keys(columns).join(",")}\r\n`;
  const newest = await newestOffsets(store, tag, session);
  for await (const { rows, part } of pages(store, tag, session, newest.head)) {
    const entries = EntryTable.read(part.entries);
    // Every table begins with the place, and has numbers alone.
    const results = byOffset(resultTableOf(session.technique).read(part.results) as Result[]);
    const notes = byOffset(part.notes);
    const lines = rows.flatMap((row, index) => {
      const entry = entries[index];
      if (entry === undefined) return [];
      const note = (notes.get(row.offset) ?? []).map(({ message }) => message).join(" ");
      const common = { row, entry, note, newest: newest.offsets.get(row.name) === row.offset, session };
      return (results.get(row.offset) ?? [undefined]).map((result) => ({ ...common, result }));
    });
    yield lines.map((line) => csvLine(columns, line)).join("");
  }
}

/** Where the export ends, and which row of each name is its newest there. */
async function newestOffsets(store: Store, tag: UserTag, session: SessionRecord) {
  const [position] = await store.heads([logKey(tag, session.session_id)]);
  const head = position?.head ?? 0;
  const offsets = new Map<string, number>();
  for await (const { rows } of pages(store, tag, session, head))
    for (const row of rows) offsets.set(row.name, row.offset);
  return { head, offsets };
}

async function* pages(
  store: Store,
  tag: UserTag,
  { session_id, version, technique }: SessionRecord,
  head: number,
) {
  for (let since = 0; since < head; ) {
    const limit = Math.min(MAX_LOG_PAGE, head - since);
    const page = await store.readLog(logKey(tag, session_id), { since, limit, version });
    if (page === null || page.rows.length === 0) return;
    yield {
      rows: page.rows,
      part: logPart({ technique, session_id, version, since, epoch: page.epoch, head }, page.rows),
    };
    since += page.rows.length;
  }
}

function byOffset<T extends { readonly offset: number }>(items: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) groups.set(item.offset, [...(groups.get(item.offset) ?? []), item]);
  return groups;
}

function csvLine(columns: Columns, line: Line): string {
  return `${Object.values(columns)
    .map((cell) => csvCell(cell(line)))
    .join(",")}\r\n`;
}

/**
 * One cell (RFC 4180). Numbers stay numbers, also negative ones; a text that a spreadsheet would take for a
 * formula is kept from being one by a leading apostrophe (CWE-1236).
 */
export function csvCell(value: Cell): string {
  if (value === null || Number.isNaN(value)) return "";
  if (typeof value !== "string") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function isoTime(ms: number): string {
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString();
}

function flagNames(bits: number): string {
  const set = Object.entries(RESULT_FLAGS).filter(([, bit]) => (bits & bit) !== 0);
  return set.map(([name]) => name).join(" ");
}
