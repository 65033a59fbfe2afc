import type { Note } from "../protocol/note.ts";
import type { FileContents } from "./file-contents.ts";
import type { TrendFiles } from "./trend-log.ts";

/** A file as an exclusion knows it. */
interface ExcludedFile {
  readonly name: string;
  /** `contentNumber` of its bytes; NaN: not told, and then like no other. */
  readonly content: number;
}

/**
 * What does not count, by content: an exclusion is of a measurement, so it holds wherever the same bytes stand, under
 * another name or as a later revision; what was measured anew under the old name counts.
 */
export class ExcludedContents {
  private readonly byContent = new Map<number, Note[]>();
  private readonly byOffset = new Map<number, Note[]>();

  /**
   * @param fileAt the file at an offset; null: the log has none. A note about another file than stands at its offset
   * is of a log that is gone.
   */
  constructor(notes: readonly Note[], fileAt: (offset: number) => ExcludedFile | null) {
    for (const note of exclusionsAmong(notes)) {
      if (!("offset" in note.at)) continue;
      const file = fileAt(note.at.offset);
      if (file === null || file.name !== note.at.name) continue;
      if (Number.isNaN(file.content)) put(this.byOffset, note.at.offset, note);
      else put(this.byContent, file.content, note);
    }
  }

  /** The exclusions of a file. */
  of(offset: number, content: number): readonly Note[] {
    return (Number.isNaN(content) ? this.byOffset.get(offset) : this.byContent.get(content)) ?? [];
  }

  get contents(): Iterable<number> {
    return this.byContent.keys();
  }

  get offsets(): Iterable<number> {
    return this.byOffset.keys();
  }
}

/** The same over a whole log: what does not count in trends, and why. */
export class Exclusions {
  private readonly files: TrendFiles;
  private readonly contents: FileContents;
  private readonly excluded: ExcludedContents;
  private readonly all: readonly number[];

  constructor(notes: readonly Note[], files: TrendFiles, contents: FileContents) {
    this.files = files;
    this.contents = contents;
    const fileAt = (offset: number) => {
      const name = files.names[offset];
      return name === undefined ? null : { name, content: files.entry(offset, "content") };
    };
    this.excluded = new ExcludedContents(notes, fileAt);
    const same = [...this.excluded.contents].flatMap((content) => contents.offsetsOf(content));
    this.all = [...same, ...this.excluded.offsets].sort((a, b) => a - b);
  }

  get size(): number {
    return this.all.length;
  }

  /** Offsets of all files of which something is excluded, ascending. */
  offsets(): readonly number[] {
    return this.all;
  }

  /** The exclusions of a file; of one electrode those of the whole file too. */
  of(offset: number, electrode: number | null = null): readonly Note[] {
    const notes = this.excluded.of(offset, this.files.entry(offset, "content"));
    return notes.filter(
      (note) => electrode === null || note.electrode === null || note.electrode === electrode,
    );
  }

  isExcluded(offset: number, electrode: number): boolean {
    return this.of(offset, electrode).length > 0;
  }

  /** The file that counts in the place of an excluded one: its name was measured anew. Null: none does. */
  replacementOf({ at, electrode }: Note): number | null {
    if (!("name" in at) || this.files.names[at.offset] !== at.name) return null;
    const newest = this.contents.newestOf(at.name);
    if (newest === null || newest === at.offset || !this.files.isAnalysed(newest)) return null;
    const covered = this.of(newest).some((note) => note.electrode === null || note.electrode === electrode);
    return covered ? null : newest;
  }
}

/** The notes that say that something does not count. */
export function exclusionsAmong(notes: readonly Note[]): readonly Note[] {
  return notes.filter(({ kind, removed }) => kind === "exclude" && !removed);
}

function put(notes: Map<number, Note[]>, key: number, note: Note): void {
  const there = notes.get(key);
  if (there === undefined) notes.set(key, [note]);
  else there.push(note);
}
