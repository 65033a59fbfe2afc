/**
 * Whether somebody set the instrument's clock during a run. It is said only where the clock jumps beside the PC's by
 * more than the length of any scan can make it: a header tells when a scan began, the PC when it had ended.
 */

/** Copies are written faster than anything is measured. */
export const COPY_MS = 500;
/** Half of what daylight saving sets a clock by, and far more than files wait before they are written. */
const SET_MS = 30 * 60_000;
/** How long the very first scan may have taken, where another one does not tell. */
const FIRST_SCAN_MS = 24 * 3_600_000;
/** Fewer files tell neither that they were copied nor, where a clock went back, that old ones were not written again. */
export const AGREE_LEAST = 3;

/** One analysed file whose header tells a time. */
export interface TimedScan {
  readonly number: number;
  readonly frequencyHz: number;
  readonly startedMs: number;
  readonly mtimeMs: number;
}

/** From the lowest to the highest of some times. */
export class Span {
  low = Number.POSITIVE_INFINITY;
  high = Number.NEGATIVE_INFINITY;

  add(ms: number): void {
    this.low = Math.min(this.low, ms);
    this.high = Math.max(this.high, ms);
  }

  get ms(): number {
    return Math.max(0, this.high - this.low);
  }
}

const lagOf = ({ startedMs, mtimeMs }: TimedScan): number => startedMs - mtimeMs;

/** Files that follow each other while instrument and PC differ by the same, but for what scans take. */
export class Stretch {
  readonly firstLagMs: number;
  readonly started = new Span();
  readonly written = new Span();
  count = 0;
  private last: TimedScan;
  /** Of each known frequency, whose scans take equally long. */
  private readonly lagsMs = new Map<number, number>();
  /** Between the last two files, by the PC. */
  private intervalMs = FIRST_SCAN_MS;

  constructor(first: TimedScan) {
    this.firstLagMs = lagOf(first);
    this.last = first;
    this.add(first);
  }

  add(scan: TimedScan): void {
    if (this.count > 0) this.intervalMs = Math.abs(scan.mtimeMs - this.last.mtimeMs);
    this.count += 1;
    this.last = scan;
    this.started.add(scan.startedMs);
    this.written.add(scan.mtimeMs);
    if (scan.frequencyHz > 0) this.lagsMs.set(scan.frequencyHz, lagOf(scan));
  }

  /** How far the instrument's clock jumps from here to a scan; 0 where the scans' lengths can explain it. */
  jumpMs(scan: TimedScan): number {
    const same = this.lagsMs.get(scan.frequencyHz);
    // No scan takes longer than the time since the file before.
    const longest = Math.max(this.intervalMs, Math.abs(this.pcIntervalMs(scan)));
    const jump = lagOf(scan) - (same ?? lagOf(this.last));
    return Math.abs(jump) > SET_MS + (same === undefined ? longest : 0) ? jump : 0;
  }

  pcIntervalMs({ mtimeMs }: TimedScan): number {
    return mtimeMs - this.last.mtimeMs;
  }

  /** Written in a moment, though measured over a longer time. */
  get isCopied(): boolean {
    const pc = this.written.ms;
    if (this.count < AGREE_LEAST) return false;
    return pc < COPY_MS * (this.count - 1) || this.started.ms > 2 * pc + SET_MS;
  }

  /** The files were written as they were measured, not copied later: both clocks ran alike. */
  get runsAlike(): boolean {
    const [instrument, pc] = [this.started.ms, this.written.ms];
    return this.count >= AGREE_LEAST && pc > 0 && instrument <= 2 * pc && pc <= 2 * instrument;
  }
}

/** Follows a log, and says from some file on that the clock was set. */
export class ClockSet {
  present: Stretch | null = null;
  isTold = false;
  private readonly started = new Span();
  /** Files beside the present stretch that may become the next one. */
  private next: Stretch | null = null;
  private nextIsSet = false;

  add(scan: TimedScan): void {
    if (this.present === null) this.present = new Stretch(scan);
    else this.follow(this.present, scan);
    this.started.add(scan.startedMs);
  }

  private follow(present: Stretch, scan: TimedScan): void {
    const jump = present.jumpMs(scan);
    if (jump === 0) {
      present.add(scan);
      this.next = null;
      return;
    }
    const mayBeSet = this.mayBeSet(present, scan);
    const leavesRun = jump > 0 || scan.startedMs < this.started.low - SET_MS;
    if (mayBeSet && leavesRun) this.isTold = true;
    if (this.next === null || this.next.jumpMs(scan) !== 0) {
      this.next = new Stretch(scan);
      this.nextIsSet = mayBeSet;
    } else this.next.add(scan);
    if (this.next.count < AGREE_LEAST && !(mayBeSet && leavesRun)) return;
    if (this.nextIsSet && !this.next.isCopied) this.isTold = true;
    this.present = this.next;
    this.next = null;
  }

  /** Else the files explain it: copies, a file that was written late, or the PC's clock that was set. */
  private mayBeSet(present: Stretch, scan: TimedScan): boolean {
    const goesOn = present.pcIntervalMs(scan) > -SET_MS / 2;
    const isLate = scan.startedMs >= this.started.high && present.jumpMs(scan) < 0;
    return goesOn && !isLate && !present.isCopied;
  }
}
