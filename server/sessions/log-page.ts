import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { contentNumber, ENTRY_STATUS, EntryTable } from "../../shared/protocol/log-tables.ts";
import { joinBytes } from "../../shared/protocol/numeric-table.ts";
import type { EntryNote, LogPart } from "../../shared/protocol/viewer-events.ts";
import { type Entry, entryFromBytes } from "../analysis/entry.ts";
import { resultsFrom, setOffset } from "../analysis/row-offsets.ts";
import { resultFromBytes } from "../analysis/version-result.ts";
import type { LogHead, LogRow } from "../store/port.ts";

/** Which part of which log: what stands at the head of every part that travels. */
export interface PartPlace extends LogHead {
  readonly session_id: string;
  readonly technique: SessionTechnique;
  readonly version: number;
  readonly since: number;
}

/** What a part of a log says, wherever it stands: made of rows alone, and rows never change. */
export interface PageContent {
  readonly names: string[];
  readonly entries: Uint8Array;
  readonly results: Uint8Array;
  readonly notes: EntryNote[];
}

const ENTRY_BYTES = EntryTable.fields.length * 8;

/** Consecutive rows of a log, as they go to viewers. */
export function logPart(place: PartPlace, rows: readonly LogRow[]): LogPart {
  return partOf(place, pageContent(place.technique, rows));
}

export function partOf(
  { session_id, technique, epoch, version, since, head }: PartPlace,
  content: PageContent,
): LogPart {
  return {
    session_id,
    technique,
    epoch,
    version,
    since,
    next: since + content.names.length,
    head,
    ...content,
  };
}

export function pageContent(technique: SessionTechnique, rows: readonly LogRow[]): PageContent {
  const results = rows.map(({ result }) => (result === null ? null : resultFromBytes(result)));
  const entries = rows.map((row, index) => results[index]?.entry ?? entryFromBytes(row.entry));
  return {
    names: rows.map((row) => row.name),
    entries: EntryTable.write(rows.map((row, index) => entryRow(row, entries[index]))),
    // A copy is joined, so setting offsets does not reach into what the store gave.
    results: joinBytes(
      rows.map(({ offset }, index) =>
        setOffset(technique, new Uint8Array(results[index]?.rows ?? []), offset),
      ),
    ),
    notes: rows.flatMap((row, index) => notesOf(row.offset, entries[index])),
  };
}

/** The rows `since ≤ offset < end` of a content that begins at `first`. Shares its memory. */
export function sliceContent(
  technique: SessionTechnique,
  content: PageContent,
  first: number,
  { since, end }: { readonly since: number; readonly end: number },
): PageContent {
  const [from, to] = [since - first, end - first];
  if (from <= 0 && to >= content.names.length) return content;
  return {
    names: content.names.slice(from, to),
    entries: content.entries.subarray(from * ENTRY_BYTES, to * ENTRY_BYTES),
    results: content.results.subarray(
      resultsFrom(technique, content.results, since),
      resultsFrom(technique, content.results, end),
    ),
    notes: content.notes.filter(({ offset }) => offset >= since && offset < end),
  };
}

/** Contents that follow one another, as one. */
export function joinContents(contents: readonly PageContent[]): PageContent {
  const [only, ...others] = contents;
  if (only !== undefined && others.length === 0) return only;
  return {
    names: ([] as string[]).concat(...contents.map(({ names }) => names)),
    // `concat` of Buffer does not fill with zeros what it then overwrites.
    entries: Buffer.concat(contents.map(({ entries }) => entries)),
    results: Buffer.concat(contents.map(({ results }) => results)),
    notes: contents.flatMap(({ notes }) => notes),
  };
}

function entryRow(row: LogRow, entry: Entry | undefined) {
  const { offset, revision, same_content_as } = row;
  const content = contentNumber(row.sha256);
  if (entry === undefined) return { offset, revision, same_content_as, content };
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
    content,
  };
}

function notesOf(offset: number, entry: Entry | undefined): EntryNote[] {
  return entry?.notes.map((note) => ({ offset, ...note })) ?? [];
}
