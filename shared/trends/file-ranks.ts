import { GrowableColumn } from "./growable-column.ts";
import type { TrendFiles } from "./trend-log.ts";

/** By offset: whether a file counts (1), and its number. */
interface Places {
  readonly current: GrowableColumn;
  readonly numbers: GrowableColumn;
}

/**
 * Rank of each file among those of its frequency, from 1, by number. Counted over files, not over results: a file
 * in which one electrode failed, or that is excluded, must not make its successors pair with their neighbours.
 */
export class FileRanks {
  readonly keys = new GrowableColumn();
  private readonly last = new Map<number, { readonly number: number; readonly rank: number }>();

  /**
   * @param from the first file that is new where files were only added, else null
   * @returns whether the ranks of all older files are as they were
   */
  update(files: TrendFiles, places: Places, from: number | null): boolean {
    const isInOrder = from !== null && this.append(files, places, from);
    if (!isInOrder) this.rankAll(files, places);
    return isInOrder;
  }

  /** @returns false where a file belongs between others: then all are to be ranked */
  private append(files: TrendFiles, { current, numbers }: Places, from: number): boolean {
    for (let offset = from; offset < current.length; offset++) {
      const frequency = files.entry(offset, "frequency_hz") || 0;
      const last = this.last.get(frequency) ?? { number: Number.NEGATIVE_INFINITY, rank: 0 };
      const number = numbers.at(offset);
      if (current.at(offset) === 0 || number < last.number) return false;
      this.keys.push(last.rank + 1);
      this.last.set(frequency, { number, rank: last.rank + 1 });
    }
    return true;
  }

  private rankAll(files: TrendFiles, { current, numbers }: Places): void {
    const groups = new Map<number, number[]>();
    for (let offset = 0; offset < current.length; offset++) {
      if (current.at(offset) === 0) continue;
      const frequency = files.entry(offset, "frequency_hz") || 0;
      const group = groups.get(frequency);
      if (group === undefined) groups.set(frequency, [offset]);
      else group.push(offset);
    }
    this.keys.replaceFrom(0, new Float64Array(current.length).fill(Number.NaN));
    this.last.clear();
    for (const [frequency, group] of groups) {
      group.sort((a, b) => numbers.at(a) - numbers.at(b) || a - b);
      group.forEach((offset, index) => {
        this.keys.set(offset, index + 1);
      });
      this.last.set(frequency, { number: numbers.at(group.at(-1) ?? 0), rank: group.length });
    }
  }
}
