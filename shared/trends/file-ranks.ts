import { ENTRY_STATUS } from "../protocol/log-tables.ts";
import { GrowableColumn } from "./growable-column.ts";
import { LostFrequencies, numberingOf } from "./lost-frequencies.ts";
import type { TrendFiles } from "./trend-log.ts";

/** By offset: whether a file counts (1), and its number. */
interface Places {
  readonly current: GrowableColumn;
  readonly numbers: GrowableColumn;
}

/** What a file is ranked by among those of its frequency. */
interface Ranked {
  readonly number: number;
  readonly name: string;
}

/**
 * Rank of each file among those of its frequency, from 1, by number. Counted over files, not over results: a file
 * in which one electrode failed, that is excluded, or that could not be read must not make its successors pair with
 * their neighbours. Files of one number, of several series, stand in the order of their names.
 */
export class FileRanks {
  readonly keys = new GrowableColumn();
  private readonly last = new Map<number, Ranked & { readonly rank: number }>();
  private readonly lost = new LostFrequencies();
  /** What was told of the lost files, by numbering and number. */
  private readonly told = new Map<string, number | null>();

  /**
   * @param from the first file that is new where files were only added, else null
   * @returns whether the ranks of all older files are as they were
   */
  update(files: TrendFiles, places: Places, from: number | null): boolean {
    const isInOrder = from !== null && this.append(files, places, from);
    if (!isInOrder) this.rankAll(files, places);
    return isInOrder;
  }

  /** @returns false where a file belongs between others, or tells more of them: then all are to be ranked */
  private append(files: TrendFiles, { current, numbers }: Places, from: number): boolean {
    for (let offset = from; offset < current.length; offset++) {
      if (current.at(offset) === 0) return false;
      const file = { number: numbers.at(offset), name: files.names[offset] ?? "" };
      if (!this.isNothingNew(files, offset, file.number)) return false;
      const frequency = this.frequencyOf(files, offset, file.number);
      const last = this.last.get(frequency);
      if (last !== undefined && order(file, last) < 0) return false;
      const rank = (last?.rank ?? 0) + 1;
      this.keys.push(rank);
      this.last.set(frequency, { ...file, rank });
    }
    return true;
  }

  private rankAll(files: TrendFiles, { current, numbers }: Places): void {
    const counting = Array.from(current.view().keys()).filter((offset) => current.at(offset) === 1);
    this.last.clear();
    this.lost.clear();
    this.told.clear();
    for (const offset of counting) this.noteNumber(files, offset, numbers.at(offset));
    const groups = new Map<number, number[]>();
    for (const offset of counting) {
      const frequency = this.frequencyOf(files, offset, numbers.at(offset));
      const group = groups.get(frequency);
      if (group === undefined) groups.set(frequency, [offset]);
      else group.push(offset);
    }
    this.keys.replaceFrom(0, new Float64Array(current.length).fill(Number.NaN));
    const fileAt = (offset: number) => ({ number: numbers.at(offset), name: files.names[offset] ?? "" });
    for (const [frequency, group] of groups) {
      group.sort((a, b) => order(fileAt(a), fileAt(b)));
      group.forEach((offset, index) => {
        this.keys.set(offset, index + 1);
      });
      this.last.set(frequency, { ...fileAt(group.at(-1) ?? 0), rank: group.length });
    }
  }

  /** Takes a file's number in. @returns whether all that was told of lost files stays so */
  private isNothingNew(files: TrendFiles, offset: number, number: number): boolean {
    const { isDivided } = this.lost;
    const near = this.noteNumber(files, offset, number);
    if (this.lost.isDivided !== isDivided && this.told.size > 0) return false;
    const numbering = near.length === 0 ? "" : numberingAt(files, offset);
    return near.every((lost) => {
      const known = this.told.get(`${numbering} ${lost}`);
      return known === undefined || known === this.lost.of(numbering, lost);
    });
  }

  private noteNumber(files: TrendFiles, offset: number, number: number): readonly number[] {
    const told = toldFrequency(files, offset);
    if (told === "none") return [];
    return this.lost.add(numberingAt(files, offset), { number, frequency: told === "lost" ? null : told });
  }

  /** Hz; 0 where nobody knows. */
  private frequencyOf(files: TrendFiles, offset: number, number: number): number {
    const told = toldFrequency(files, offset);
    if (told === "none") return 0;
    if (told !== "lost") return told;
    const numbering = numberingAt(files, offset);
    const frequency = this.lost.of(numbering, number);
    this.told.set(`${numbering} ${number}`, frequency);
    return frequency ?? 0;
  }
}

/** `lost`: the file could not be read, and only it knew; `none`: it was read, and has none. */
function toldFrequency(files: TrendFiles, offset: number): number | "lost" | "none" {
  const frequency = files.entry(offset, "frequency_hz");
  if (frequency > 0) return frequency;
  return files.entry(offset, "status") === ENTRY_STATUS.failed ? "lost" : "none";
}

function numberingAt(files: TrendFiles, offset: number): string {
  return numberingOf(files.names[offset] ?? "", files.entry(offset, "file_number"));
}

function order(a: Ranked, b: Ranked): number {
  if (a.number !== b.number) return a.number - b.number;
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}
