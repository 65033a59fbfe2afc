import type { Note } from "../protocol/note.ts";
import type { TrendFiles } from "./trend-log.ts";

/** What does not count in trends, and why. */
export class Exclusions {
  private readonly notes = new Map<number, Note[]>();

  /** @param files a note about another file than stands at its offset now is of a log that is gone */
  constructor(notes: readonly Note[], files: Pick<TrendFiles, "names">) {
    for (const note of exclusionsAmong(notes)) {
      if (!("offset" in note.at)) continue;
      const { offset, name } = note.at;
      if (files.names[offset] !== name) continue;
      const there = this.notes.get(offset);
      if (there === undefined) this.notes.set(offset, [note]);
      else there.push(note);
    }
  }

  get size(): number {
    return this.notes.size;
  }

  /** Offsets of all files of which something is excluded, ascending. */
  offsets(): number[] {
    return [...this.notes.keys()].sort((a, b) => a - b);
  }

  /** The exclusions of a file; of one electrode those of the whole file too. */
  of(offset: number, electrode: number | null = null): readonly Note[] {
    const notes = this.notes.get(offset) ?? [];
    return notes.filter(
      (note) => electrode === null || note.electrode === null || note.electrode === electrode,
    );
  }

  isExcluded(offset: number, electrode: number): boolean {
    return this.notes.has(offset) && this.of(offset, electrode).length > 0;
  }
}

/** The notes that say that something does not count. */
export function exclusionsAmong(notes: readonly Note[]): readonly Note[] {
  return notes.filter(({ kind, removed }) => kind === "exclude" && !removed);
}
