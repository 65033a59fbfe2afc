import { hoursOf } from "../electrochem/trend-series.ts";
import type { TrendParams } from "../protocol/trend-params.ts";
import { FileRanks } from "./file-ranks.ts";
import { GrowableColumn } from "./growable-column.ts";
import { ALL_CHANGED, type Changed, NOTHING_CHANGED } from "./grown-table.ts";
import { type ScanClock, ScanTimes } from "./scan-clock.ts";
import type { TrendFiles } from "./trend-log.ts";

const MS_PER_HOUR = 3_600_000;

/** Where every file of a log stands in trends; columns by offset. */
export interface PlacedFiles {
  /** 1: the newest revision of its name. Older ones count nowhere. */
  readonly current: Float64Array;
  /** What pairs files and names a reference: file number, or rank among the files of its frequency. */
  readonly keys: Float64Array;
  /** Hours or file number, as the settings say. */
  readonly xs: Float64Array;
  /** How x runs with time; null where it counts files. */
  readonly perMs: number | null;
  /**
   * Room along x for the scans of one file: up to the next number; on a clock, which says only when the file began,
   * a millisecond that keeps them in order.
   */
  readonly perScan: number;
  /** A file without a number stands where it arrived. */
  readonly numbers: Float64Array;
  /** ms on the scale of the scans' clock. */
  readonly timesMs: Float64Array;
  readonly clock: ScanClock;
}

type Settings = Pick<TrendParams, "axis" | "pairing" | "seconds_per_file">;

export function placeFiles(files: TrendFiles, settings: Settings): PlacedFiles {
  const placer = new FilePlacer(settings);
  placer.update(files);
  return placer.placed;
}

/** Places the files of one log that grows. */
export class FilePlacer {
  private readonly settings: Settings;
  private readonly times = new ScanTimes();
  private firstMs = Number.POSITIVE_INFINITY;
  private readonly newest = new Map<string, number>();
  readonly current = new GrowableColumn();
  readonly numbers = new GrowableColumn();
  private readonly xs = new GrowableColumn();
  private readonly ranks: FileRanks | null;

  constructor(settings: Settings) {
    this.settings = settings;
    this.ranks = settings.pairing === "rank" ? new FileRanks() : null;
  }

  get placed(): PlacedFiles {
    const numbers = this.numbers.view();
    return {
      current: this.current.view(),
      keys: this.ranks?.keys.view() ?? numbers,
      xs: this.xs.view(),
      perMs: this.countsFiles ? null : 1 / MS_PER_HOUR,
      perScan: this.perScan,
      numbers,
      timesMs: this.times.timesMs.view(),
      clock: this.times.clock,
    };
  }

  private get perScan(): number {
    const { axis, seconds_per_file } = this.settings;
    if (axis === "file-number") return 1;
    return seconds_per_file === null ? 1 / MS_PER_HOUR : hoursOf(1, seconds_per_file);
  }

  /** Takes in the files that have come since the last time. */
  update(files: TrendFiles): Changed {
    // What is learned of the clock may move every file: seldom, and mostly with the first ones.
    if (this.times.update(files) < this.current.length) this.begin();
    const from = this.current.length;
    if (from === files.next) return NOTHING_CHANGED;
    let replaced = Number.POSITIVE_INFINITY;
    let moved = from === 0;
    for (let offset = from; offset < files.next; offset++) {
      const older = this.newest.get(files.names[offset] ?? "");
      if (older !== undefined) {
        if (older < from) replaced = Math.min(replaced, this.keyOf(older));
        this.current.set(older, 0);
        if (!this.countsFiles && this.times.timesMs.at(older) === this.firstMs) moved = true;
      }
      if (this.take(files, offset)) moved = true;
    }
    const isAppended = from > 0 && replaced === Number.POSITIVE_INFINITY;
    const isRanked = this.ranks?.update(files, this, isAppended ? from : null) ?? true;
    if (moved) this.placeAlongTime(files);
    return moved || !isRanked ? ALL_CHANGED : this.changedFrom(from, replaced);
  }

  private get countsFiles(): boolean {
    return this.settings.axis === "file-number" || this.settings.seconds_per_file !== null;
  }

  private keyOf(offset: number): number {
    return (this.ranks?.keys ?? this.numbers).at(offset);
  }

  private begin(): void {
    this.newest.clear();
    this.firstMs = Number.POSITIVE_INFINITY;
    const nothing = new Float64Array();
    const columns = [this.current, this.numbers, this.xs];
    for (const column of columns) column.replaceFrom(0, nothing);
  }

  /** @returns whether everything has another place in time now */
  private take(files: TrendFiles, offset: number): boolean {
    const fileNumber = files.entry(offset, "file_number");
    const number = Number.isNaN(fileNumber) ? offset + 1 : fileNumber;
    const ms = this.times.timesMs.at(offset);
    this.newest.set(files.names[offset] ?? "", offset);
    this.current.push(1);
    this.numbers.push(number);
    const isFirst = files.isAnalysed(offset) && ms < this.firstMs;
    if (isFirst) this.firstMs = ms;
    this.xs.push(this.xOf(number, ms));
    return isFirst && !this.countsFiles;
  }

  private xOf(number: number, ms: number): number {
    const { axis, seconds_per_file } = this.settings;
    if (axis === "file-number") return number;
    return seconds_per_file === null ? (ms - this.firstMs) / MS_PER_HOUR : hoursOf(number, seconds_per_file);
  }

  /** Elapsed time counts from the first scan, and another one is the first now. */
  private placeAlongTime(files: TrendFiles): void {
    const count = this.current.length;
    this.firstMs = Number.POSITIVE_INFINITY;
    for (let offset = 0; offset < count; offset++) {
      const ms = this.times.timesMs.at(offset);
      if (this.current.at(offset) === 1 && files.isAnalysed(offset) && ms < this.firstMs) this.firstMs = ms;
    }
    for (let offset = 0; offset < count; offset++)
      this.xs.set(offset, this.xOf(this.numbers.at(offset), this.times.timesMs.at(offset)));
  }

  private changedFrom(from: number, replaced: number): Changed {
    let key = replaced;
    for (let offset = from; offset < this.current.length; offset++)
      if (this.current.at(offset) === 1 && this.keyOf(offset) < key) key = this.keyOf(offset);
    let offset = 0;
    while (offset < from && !(this.current.at(offset) === 1 && this.keyOf(offset) >= key)) offset += 1;
    return { key, offset };
  }
}
