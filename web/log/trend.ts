import { RESULT_KINDS } from "../../shared/protocol/log-tables.ts";
import { GrowableColumn } from "../../shared/trends/growable-column.ts";
import { type ScanClock, ScanTimes } from "../../shared/trends/scan-clock.ts";
import type { SessionLog } from "./session-log.ts";
import type { Trace, TraceKey } from "./trace.ts";

/** What a trend runs along. `time` serves the clock and the elapsed axis alike. */
export type TrendOrder = "file-number" | "time";

const PEAK = RESULT_KINDS.indexOf("peak");

/** Points of one line, ascending along x; a scan without a peak is NaN: a gap, never zero. */
export class TrendLine {
  readonly xs = new GrowableColumn();
  readonly heightsA = new GrowableColumn();
  readonly offsets = new GrowableColumn();
  /** Points that have a peak. */
  peaks = 0;

  put(x: number, offset: number, heightA: number): void {
    const at = place(this.xs, this.offsets, x, offset);
    this.xs.insert(at, x);
    this.offsets.insert(at, offset);
    this.heightsA.insert(at, heightA);
    if (!Number.isNaN(heightA)) this.peaks += 1;
  }

  /** Takes out the points of one file. */
  drop(x: number, offset: number): void {
    for (let at = this.xs.lowerBound(x); this.xs.at(at) === x; ) {
      if (this.offsets.at(at) !== offset) at += 1;
      else this.removeAt(at);
    }
  }

  /** Lowest and highest peak between two positions (all of them by default); null when there is none. */
  range(low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY): readonly [number, number] | null {
    const heights = this.heightsA.view();
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    const to = this.xs.upperBound(high);
    for (let i = this.xs.lowerBound(low); i < to; i++) {
      const height = heights[i] ?? Number.NaN;
      if (height < least) least = height;
      if (height > most) most = height;
    }
    return least <= most ? [least, most] : null;
  }

  private removeAt(at: number): void {
    if (!Number.isNaN(this.heightsA.at(at))) this.peaks -= 1;
    for (const column of [this.xs, this.offsets, this.heightsA]) column.remove(at);
  }
}

/** Where a point belongs among points in order of x, then offset. */
function place(xs: GrowableColumn, offsets: GrowableColumn, x: number, offset: number): number {
  let at = xs.upperBound(x);
  while (at > 0 && xs.at(at - 1) === x && offsets.at(at - 1) > offset) at -= 1;
  return at;
}

/**
 * A log in the order of one axis: per trace the peak heights, and all scans for stepping and the rug. It takes in
 * only what is new since the last `update`; a newer revision of a file replaces the older one's points.
 */
export class Trend {
  readonly order: TrendOrder;
  readonly lines = new Map<TraceKey, TrendLine>();
  /** Current entries, analysed or not, ascending along x. */
  readonly xs = new GrowableColumn();
  readonly offsets = new GrowableColumn();
  private times = new ScanTimes();
  private readonly log: SessionLog;
  private generation: number;
  private readonly shown = new Map<string, number>();
  private taken = 0;
  private readonly takenRows = new Map<TraceKey, number>();

  constructor(log: SessionLog, order: TrendOrder) {
    this.log = log;
    this.order = order;
    this.generation = log.generation;
  }

  update(): void {
    if (this.generation !== this.log.generation) this.reset();
    // What is learned of the clock may move every file: seldom, and mostly with the first ones.
    if (this.times.update(this.log) < this.taken && this.order === "time") this.forget();
    for (const trace of this.log.traces.values()) this.takeRows(trace);
    for (; this.taken < this.log.next; this.taken++) this.takeEntry(this.taken);
  }

  /** Position of one entry on the axis. A file without a number stands where it arrived. */
  xOf(offset: number): number {
    if (this.order === "file-number") {
      const fileNumber = this.log.entry(offset, "file_number");
      return Number.isNaN(fileNumber) ? offset + 1 : fileNumber;
    }
    return this.timeMs(offset);
  }

  get clock(): ScanClock {
    return this.times.clock;
  }

  /** When a scan was taken, ms on the scale of the scans' clock. */
  timeMs(offset: number): number {
    return this.times.timesMs.at(offset);
  }

  private reset(): void {
    this.generation = this.log.generation;
    this.times = new ScanTimes();
    this.forget();
  }

  /** Everything is placed again. */
  private forget(): void {
    this.taken = 0;
    this.takenRows.clear();
    this.lines.clear();
    this.shown.clear();
    for (const column of [this.xs, this.offsets]) while (column.length > 0) column.remove(column.length - 1);
  }

  private takeRows(trace: Trace): void {
    const offsets = trace.column("offset");
    const kinds = trace.column("kind");
    const heights = trace.column("peak_height_a");
    for (let row = this.takenRows.get(trace.key) ?? 0; row < trace.length; row++) {
      const offset = offsets.at(row);
      if (!this.log.isCurrent(offset)) continue;
      const heightA = kinds.at(row) === PEAK ? heights.at(row) : Number.NaN;
      this.line(trace.key).put(this.xOf(offset), offset, heightA);
    }
    this.takenRows.set(trace.key, trace.length);
  }

  private takeEntry(offset: number): void {
    if (!this.log.isCurrent(offset)) return;
    const name = this.log.names[offset] ?? "";
    const older = this.shown.get(name);
    if (older !== undefined) this.dropEntry(older);
    this.shown.set(name, offset);
    const x = this.xOf(offset);
    const at = place(this.xs, this.offsets, x, offset);
    this.xs.insert(at, x);
    this.offsets.insert(at, offset);
  }

  private dropEntry(offset: number): void {
    const x = this.xOf(offset);
    for (const line of this.lines.values()) line.drop(x, offset);
    for (let at = this.xs.lowerBound(x); this.xs.at(at) === x; at++) {
      if (this.offsets.at(at) !== offset) continue;
      this.xs.remove(at);
      this.offsets.remove(at);
      return;
    }
  }

  private line(key: TraceKey): TrendLine {
    let line = this.lines.get(key);
    if (line === undefined) {
      line = new TrendLine();
      this.lines.set(key, line);
    }
    return line;
  }
}
