import { contentNumber } from "../../shared/protocol/log-tables.ts";
import type { Note } from "../../shared/protocol/note.ts";
import { ExcludedContents, exclusionsAmong } from "../../shared/trends/exclusions.ts";
import { logKey } from "../sessions/session-book.ts";
import type { LogRow } from "../store/port.ts";
import type { LogRange } from "./log-range.ts";

/** What does not count in a stretch of a log: also by exclusions of files before it, whose bytes came again. */
export async function excludedIn(
  { store, tag, session_id, version, epoch }: LogRange,
  notes: readonly Note[],
): Promise<(row: LogRow) => readonly Note[]> {
  const files = new Map<number, { readonly name: string; readonly content: number }>();
  for (const { at } of exclusionsAmong(notes)) {
    if (!("offset" in at) || files.has(at.offset)) continue;
    const page = await store.readLog(logKey(tag, session_id), { since: at.offset, limit: 1, version });
    const row = page?.epoch === epoch ? page.rows[0] : undefined;
    if (row !== undefined) files.set(at.offset, { name: row.name, content: contentNumber(row.sha256) });
  }
  const excluded = new ExcludedContents(notes, (offset) => files.get(offset) ?? null);
  return ({ offset, sha256 }) => excluded.of(offset, contentNumber(sha256));
}
