import { computed, effect, signal } from "@preact/signals";
import type { Note, NoteChange } from "../../shared/protocol/note.ts";
import { DEFAULT_TREND_PARAMS, type TrendParams } from "../../shared/protocol/trend-params.ts";
import { trendParamsFor } from "../../shared/trends/quantities.ts";
import type { HubLink } from "../connection/hub-link.ts";
import { settingsWords } from "../trends/setting-words.ts";
import type { SessionsStore } from "./sessions.ts";

/** What was just done, in words, and how it is taken back. */
export interface Undo {
  readonly words: string;
  readonly back: () => void;
}

/** A note as a reader makes it. */
export type NoteWish = Omit<Extract<NoteChange, { do: "add" }>, "do" | "note_id">;

interface Book {
  readonly rev: number;
  readonly notes: ReadonlyMap<string, Note>;
  readonly params: TrendParams;
}

const NEW_BOOK: Book = { rev: 0, notes: new Map(), params: DEFAULT_TREND_PARAMS };
const AGAIN_MS = 1000;

/** Notes and trend settings of the shown session, kept equal to the hub's by their revision. */
export class NoteStore {
  readonly undo = signal<Undo | null>(null);
  /** Why the last change did not happen. */
  readonly problem = signal<string | null>(null);
  /** The mark whose fields are open. */
  readonly edited = signal<string | null>(null);
  /** The scan that is about to be excluded, while its reason is asked for. */
  readonly excluding = signal<number | null>(null);
  private readonly books = signal<ReadonlyMap<string, Book>>(new Map());
  private readonly link: HubLink;
  private readonly sessions: SessionsStore;
  private readonly userId: () => string | null;
  private reading = false;
  /** Something changed while an answer was on its way: read once more after it. */
  private noticed = false;
  /** Trend settings that the hub does not have yet. */
  private readonly wanted = new Map<string, TrendParams>();

  constructor(link: HubLink, sessions: SessionsStore, userId: () => string | null) {
    this.link = link;
    this.sessions = sessions;
    this.userId = userId;
    effect(() => {
      const shown = sessions.shown.value;
      const known = this.books.value.get(shown?.session_id ?? "")?.rev ?? 0;
      if (shown !== null && shown.notes_rev !== known && link.state.value.kind === "connected")
        void this.read(shown.session_id);
    });
    effect(() => {
      sessions.shownId.value;
      this.clear();
    });
  }

  private readonly book = computed(() => this.books.value.get(this.sessions.shownId.value ?? "") ?? NEW_BOOK);
  /** All that were not removed. */
  readonly notes = computed(() => [...this.book.value.notes.values()].filter(({ removed }) => !removed));
  readonly params = computed(() => {
    const { params } = this.book.value;
    const technique = this.sessions.shown.value?.technique;
    return technique === undefined ? params : trendParamsFor(technique, params);
  });

  /** Adds a note. @returns its ID, before the hub has it */
  add(note: NoteWish, words: string): string {
    const note_id = newNoteId();
    void this.change({ do: "add", note_id, ...note }, words, { do: "remove", note_id });
    return note_id;
  }

  /** Adds several that are one act: undone together. */
  addAll(all: readonly NoteWish[], words: string): void {
    const wishes = all.map((note) => ({ do: "add" as const, note_id: newNoteId(), ...note }));
    const removals = wishes.map(({ note_id }) => ({ do: "remove" as const, note_id }));
    void this.changeAll(wishes, words, removals);
  }

  edit(
    before: Note,
    fields: Omit<Extract<NoteChange, { do: "edit" }>, "do" | "note_id">,
    words: string,
  ): void {
    const { note_id, kind, text, concentration, unit } = before;
    const at = "offset" in before.at ? { offset: before.at.offset } : before.at;
    const own = kind === "exclude" ? {} : { kind };
    const back: NoteChange = { do: "edit", note_id, ...own, text, concentration, unit, at };
    void this.change({ do: "edit", note_id, ...fields }, words, back);
  }

  remove(note: Note, words: string): void {
    const { note_id } = note;
    if (this.edited.value === note_id) this.edited.value = null;
    void this.change({ do: "remove", note_id }, words, { do: "restore", note_id });
  }

  /** Changes trend settings, for everybody who watches; it can be taken back. */
  setParams(change: Partial<TrendParams>): void {
    const before = this.params.peek();
    const names = (Object.keys(change) as (keyof TrendParams)[]).filter(
      (name) => JSON.stringify(before[name]) !== JSON.stringify(change[name]),
    ); // of the very type whose keys they are
    if (names.length === 0) return;
    const back = Object.fromEntries(names.map((name) => [name, before[name]])) as Partial<TrendParams>; // its own values
    this.writeChange(change);
    this.undo.value = {
      words: settingsWords(names),
      back: () => {
        this.undo.value = null;
        this.writeChange(back);
      },
    };
  }

  /** Shown at once, and told to the hub: one change after the other, or an older one could come to stand last. */
  private writeChange(change: Partial<TrendParams>): void {
    const session_id = this.sessions.shownId.peek();
    if (session_id === null) return;
    const params = { ...this.params.peek(), ...change };
    this.put(session_id, (book) => ({ ...book, params }));
    const isWriting = this.wanted.has(session_id);
    this.wanted.set(session_id, params);
    if (!isWriting) void this.writeParams(session_id);
  }

  private async writeParams(session_id: string): Promise<void> {
    const user_id = this.userId() ?? "";
    for (let written: TrendParams | undefined; this.wanted.get(session_id) !== written; ) {
      const trend_params = this.wanted.get(session_id);
      if (trend_params === undefined) return;
      const outcome = await this.link.request("set_trend_params", { user_id, session_id, trend_params });
      this.problem.value = outcome.ok ? null : outcome.error.message;
      if (!outcome.ok) {
        this.undo.value = null;
        break;
      }
      written = trend_params;
      this.confirm(session_id, outcome.value.notes_rev);
    }
    this.wanted.delete(session_id);
    // What others set meanwhile was held back; after a refusal what was shown is not so.
    void this.read(session_id);
  }

  private change(change: NoteChange, words: string, back: NoteChange): Promise<void> {
    return this.changeAll([change], words, [back]);
  }

  /** @param words null: it is an undo, which is not undone */
  private async changeAll(
    changes: readonly NoteChange[],
    words: string | null,
    backs: readonly NoteChange[],
  ): Promise<void> {
    const session_id = this.sessions.shownId.peek();
    if (session_id === null) return;
    for (const change of changes) {
      const outcome = await this.link.request("annotate", {
        user_id: this.userId() ?? "",
        session_id,
        change,
      });
      if (!outcome.ok) {
        this.problem.value = outcome.error.message;
        return;
      }
      const { note, notes_rev } = outcome.value;
      this.put(session_id, (book) => ({ ...book, notes: new Map(book.notes).set(note.note_id, note) }));
      this.confirm(session_id, notes_rev);
    }
    this.problem.value = null;
    if (session_id !== this.sessions.shownId.peek()) return;
    this.undo.value = words === null ? null : { words, back: () => void this.changeAll(backs, null, []) };
  }

  /** A change of ours is the next revision only when nobody else's lies between. */
  private confirm(sessionId: string, rev: number): void {
    this.put(sessionId, (book) => (rev === book.rev + 1 ? { ...book, rev } : book));
  }

  private async read(session_id: string): Promise<void> {
    if (this.reading) {
      this.noticed = true;
      return;
    }
    this.reading = true;
    this.noticed = false;
    const since_rev = this.books.peek().get(session_id)?.rev ?? 0;
    const user_id = this.userId() ?? "";
    const outcome = await this.link.request("read_notes", { user_id, session_id, since_rev });
    // Not joined yet, or too fast: the effect that asked does not run again by itself.
    if (!outcome.ok) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    this.reading = false;
    if (!outcome.ok) {
      this.put(session_id, (book) => ({ ...book }));
      return;
    }
    const { notes, notes_rev, trend_params } = outcome.value;
    this.put(session_id, (book) => {
      const all = new Map(notes_rev < since_rev ? [] : book.notes);
      for (const note of notes) all.set(note.note_id, note);
      return { rev: notes_rev, notes: all, params: this.wanted.get(session_id) ?? trend_params };
    });
    if (this.noticed) await this.read(session_id);
  }

  private put(sessionId: string, change: (book: Book) => Book): void {
    const book = this.books.peek().get(sessionId) ?? NEW_BOOK;
    this.books.value = new Map(this.books.peek()).set(sessionId, change(book));
  }

  private clear(): void {
    this.undo.value = null;
    this.problem.value = null;
    this.edited.value = null;
    this.excluding.value = null;
  }
}

function newNoteId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
