import type { z } from "zod";
import { RequestError } from "../../shared/protocol/errors.ts";
import { MAX_NOTES } from "../../shared/protocol/limits.ts";
import { Note, type NoteChange, type NotePlace, type NotePlaceWish } from "../../shared/protocol/note.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import type { AccessRole } from "../../shared/protocol/share-link.ts";
import { DEFAULT_TREND_PARAMS, TrendParams } from "../../shared/protocol/trend-params.ts";
import type { AnnotateReply, ReadNotesReply } from "../../shared/protocol/viewer-events.ts";
import type { RecordChange, Store } from "../store/port.ts";
import { type NoteHead, noteHeads, readNoteHead } from "./note-head.ts";
import { logKey, sessionRecords } from "./session-book.ts";
import type { UserTag } from "./user-tag.ts";

type Change = z.output<typeof NoteChange>;

/** Who writes a note. */
interface Author {
  readonly tag: UserTag;
  readonly role: AccessRole;
}

/** Beside note IDs, which have at least 12 characters. */
const TREND_PARAMS = "trend";

/** What a change is made of, read in one go. */
interface Standing {
  readonly session: string;
  readonly headText: string | null;
  readonly head: NoteHead;
}

/**
 * Notes and trend settings of all sessions, on the store: one record per note, and a head that every change moves
 * on by one. Head, note and the session's own record are compared in the same atomic step, so no two changes get
 * one `rev`, and nothing is written beside a session that was deleted meanwhile.
 */
export class NoteBook {
  readonly #store: Store;
  readonly #now: () => number;

  constructor({ store, now }: { readonly store: Store; readonly now: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  /** @throws RequestError session_not_found, not_found (no such note or file), too_many_notes */
  async annotate({ tag, role }: Author, sessionId: SessionId, change: Change): Promise<AnnotateReply> {
    const wish = "at" in change ? change.at : undefined;
    const at = wish === undefined ? undefined : await this.#place(tag, sessionId, wish);
    for (;;) {
      const standing = await this.#standing(tag, sessionId);
      const expected = await this.#store.getRecord(notesOf(tag, sessionId), change.note_id);
      const before = expected === null ? null : Note.parse(JSON.parse(expected));
      const rev = standing.head.rev + 1;
      const made = { rev, author_role: role, created_at_ms: this.#now() };
      const note = changed(before, change, at, made);
      if (note === before) return { notes_rev: standing.head.rev, note };
      const notes = standing.head.notes + (before === null ? 1 : 0);
      if (notes > MAX_NOTES) throw new RequestError("too_many_notes", undefined, { limit: MAX_NOTES });
      const record = { key: note.note_id, expected, next: JSON.stringify(note) };
      if (await this.#write(tag, sessionId, standing, { rev, notes }, record))
        return { notes_rev: rev, note };
    }
  }

  /** @throws RequestError session_not_found */
  async setTrendParams(tag: UserTag, sessionId: SessionId, params: TrendParams) {
    const next = JSON.stringify(params);
    for (;;) {
      const standing = await this.#standing(tag, sessionId);
      const expected = await this.#store.getRecord(notesOf(tag, sessionId), TREND_PARAMS);
      const rev = standing.head.rev + 1;
      const head = { ...standing.head, rev };
      if (await this.#write(tag, sessionId, standing, head, { key: TREND_PARAMS, expected, next }))
        return { notes_rev: rev };
    }
  }

  /** What changed since; everything where the store has less than was known. @throws RequestError session_not_found */
  async read(tag: UserTag, sessionId: SessionId, sinceRev = 0): Promise<ReadNotesReply> {
    // The head comes first: a change in between is read with its note now, and told once more later.
    const { head } = await this.#standing(tag, sessionId);
    const records = new Map(await this.#store.listRecords(notesOf(tag, sessionId)));
    const params = records.get(TREND_PARAMS);
    records.delete(TREND_PARAMS);
    const since = sinceRev > head.rev ? 0 : sinceRev;
    const notes = [...records.values()]
      .map((text) => Note.parse(JSON.parse(text)))
      .filter(({ rev }) => rev > since)
      .sort((a, b) => a.rev - b.rev);
    const trend_params = params === undefined ? DEFAULT_TREND_PARAMS : TrendParams.parse(JSON.parse(params));
    return { notes_rev: head.rev, notes, trend_params };
  }

  /** Removes everything of a session whose record is gone already. May be repeated. */
  async forget(tag: UserTag, sessionId: SessionId): Promise<void> {
    const collection = notesOf(tag, sessionId);
    for (const [key, expected] of await this.#store.listRecords(collection))
      await this.#store.compareAndSet([{ collection, key, expected, next: null }]);
    const headText = await this.#store.getRecord(noteHeads(tag), sessionId);
    if (headText === null) return;
    const head = { collection: noteHeads(tag), key: sessionId, expected: headText, next: null };
    await this.#store.compareAndSet([head]);
  }

  async #standing(tag: UserTag, sessionId: SessionId): Promise<Standing> {
    const [session, headText] = await Promise.all([
      this.#store.getRecord(sessionRecords(tag), sessionId),
      this.#store.getRecord(noteHeads(tag), sessionId),
    ]);
    if (session === null) throw new RequestError("session_not_found");
    return { session, headText, head: readNoteHead(headText) };
  }

  #write(
    tag: UserTag,
    sessionId: SessionId,
    { session, headText }: Standing,
    head: NoteHead,
    record: Omit<RecordChange, "collection">,
  ): Promise<boolean> {
    return this.#store.compareAndSet([
      { collection: sessionRecords(tag), key: sessionId, expected: session, next: session },
      { collection: noteHeads(tag), key: sessionId, expected: headText, next: JSON.stringify(head) },
      { ...record, collection: notesOf(tag, sessionId) },
    ]);
  }

  /** A file is named by its offset, and must be there. */
  async #place(tag: UserTag, sessionId: SessionId, wish: NotePlaceWish): Promise<NotePlace> {
    if ("time_ms" in wish) return wish;
    const range = { since: wish.offset, limit: 1, version: 1 };
    const page = await this.#store.readLog(logKey(tag, sessionId), range);
    if (page === null) throw new RequestError("session_not_found");
    const row = page.rows[0];
    if (row === undefined) throw new RequestError("not_found", "The session has no file at that place.");
    return { offset: row.offset, name: row.name };
  }
}

function notesOf(tag: UserTag, sessionId: SessionId): string {
  return `notes/${tag}/${sessionId}`;
}

type Made = Pick<Note, "rev" | "author_role" | "created_at_ms">;

/**
 * A note after a change; the very same object where there is nothing to change.
 *
 * @param at where it was wished to, with the name of its file; undefined: nothing was said
 * @throws RequestError not_found
 */
function changed(before: Note | null, change: Change, at: NotePlace | undefined, made: Made): Note {
  if (change.do === "add") return before ?? added(change, at, made);
  if (before === null) throw new RequestError("not_found", "There is no such note.");
  const { rev } = made;
  if (change.do !== "edit") {
    const removed = change.do === "remove";
    return before.removed === removed ? before : { ...before, rev, removed };
  }
  const { text = before.text, concentration = before.concentration, unit = before.unit } = change;
  const { kind = before.kind } = change;
  if (
    before.kind === "exclude" &&
    (kind !== "exclude" || text === "" || (at !== undefined && !("offset" in at)))
  )
    throw new RequestError("invalid_message", "An exclusion is of a file and has a reason.");
  return { ...before, rev, kind, at: at ?? before.at, text, concentration, unit };
}

function added(change: Extract<Change, { do: "add" }>, at: NotePlace | undefined, made: Made): Note {
  if (at === undefined) throw new Error("A new note has a place.");
  const { note_id, kind, electrode, text, concentration, unit } = change;
  return { note_id, kind, at, electrode, text, concentration, unit, removed: false, ...made };
}
