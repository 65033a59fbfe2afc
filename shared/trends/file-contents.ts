import type { TrendFiles } from "./trend-log.ts";

/** Which files of a growing log have the same content, whatever they are called. */
export class FileContents {
  private readonly known = new Map<number, number[]>();
  private readonly newest = new Map<string, number>();
  private seen = 0;

  /** Takes in the files that have come since the last time. */
  update(files: TrendFiles): void {
    for (; this.seen < files.next; this.seen++) {
      this.newest.set(files.names[this.seen] ?? "", this.seen);
      const content = files.entry(this.seen, "content");
      const same = this.known.get(content);
      if (same !== undefined) same.push(this.seen);
      // A content that was not told is like no other.
      else if (!Number.isNaN(content)) this.known.set(content, [this.seen]);
    }
  }

  /** Offsets of the files with this content, ascending; none where it was not told. */
  offsetsOf(content: number): readonly number[] {
    return this.known.get(content) ?? [];
  }

  /** The newest revision of a name. */
  newestOf(name: string): number | null {
    return this.newest.get(name) ?? null;
  }
}
