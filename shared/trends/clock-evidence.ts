/**
 * What a log tells of the instrument's clock, gathered file by file. The same files in the same order tell the same,
 * whether they come one by one or at once, so that screen and exports agree.
 */

/** Copies are written faster than anything is measured. */
export const COPY_MS = 500;
/** More pairs out of order than this, and the order says nothing. */
export const MOST_OUT_OF_ORDER = 0.2;
/** Fewer again, and it is believed anew: in between nothing changes, so a log changes its clock a few times at most. */
const BELIEVED_AGAIN = MOST_OUT_OF_ORDER / 2;
/** Headers tell a minute at least: what repeats over a longer time stands still. */
const REPEAT_MS = 61_000;
/** A clock that was set by less is not told from scans that take longer than others. */
const SET_MS = 150_000;
/** Nobody sets a clock more often: then files were copied, or written late. */
const MOST_SETS = 8;
/** Files that have to agree before two clocks are said to run alike. */
const AGREE_LEAST = 3;

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

/** A part of the run in which instrument and PC differ by the same; setting one of the clocks begins another. */
class Stretch {
  readonly started = new Span();
  readonly written = new Span();
  readonly firstLagMs: number;
  lastLagMs: number;
  count = 0;
  /** Instrument's time here minus that in the first stretch; 0 while that is not certain. */
  setByMs = 0;
  private lagSumMs = 0;

  constructor(lagMs: number) {
    this.firstLagMs = lagMs;
    this.lastLagMs = lagMs;
  }

  add({ startedMs, mtimeMs }: TimedScan): void {
    this.lastLagMs = startedMs - mtimeMs;
    this.lagSumMs += this.lastLagMs;
    this.count += 1;
    this.started.add(startedMs);
    this.written.add(mtimeMs);
  }

  get meanLagMs(): number {
    return this.lagSumMs / this.count;
  }

  /** The files were written as they were measured, not copied later: both clocks ran alike. */
  get runsAlike(): boolean {
    const [instrument, pc] = [this.started.ms, this.written.ms];
    return this.count >= AGREE_LEAST && pc > 0 && instrument <= 2 * pc && pc <= 2 * instrument;
  }
}

/** Whether the instrument's clock runs, and in the order of the file numbers. */
class Order {
  private readonly last = new Map<number, { readonly number: number; readonly startedMs: number }>();
  /** What the clock showed last, and since when by the PC's. */
  private shownMs = Number.NaN;
  private shownSinceMs = Number.NaN;
  private hasRun = false;
  private pairs = 0;
  private count = 0;
  private strange = 0;
  private isStrange = false;

  add({ number, frequencyHz, startedMs, mtimeMs }: TimedScan): void {
    this.count += 1;
    const isSame = startedMs === this.shownMs;
    if (!isSame) {
      if (this.count > 1) this.hasRun = true;
      this.shownMs = startedMs;
      this.shownSinceMs = mtimeMs;
    }
    const repeats = isSame && Math.abs(mtimeMs - this.shownSinceMs) > REPEAT_MS;
    const before = this.last.get(frequencyHz);
    this.last.set(frequencyHz, { number, startedMs });
    if (before === undefined) return;
    this.pairs += 1;
    const isBackwards = (number - before.number) * (startedMs - before.startedMs) < 0;
    if (isBackwards || repeats) this.strange += 1;
    const most = this.isStrange ? BELIEVED_AGAIN : MOST_OUT_OF_ORDER;
    this.isStrange = this.strange > 1 && this.strange > most * this.pairs;
  }

  get isSteady(): boolean {
    const standsStill = this.count > 1 && !this.hasRun;
    return !standsStill && !this.isStrange;
  }
}

export class ClockEvidence {
  readonly stretches: Stretch[] = [];
  private readonly order = new Order();
  private readonly started = new Span();
  private current = 0;
  private tooManySets = false;
  private ranAlike = false;

  /** @returns whether what was known of earlier files is another now */
  add(scan: TimedScan): boolean {
    this.started.add(scan.startedMs);
    this.order.add(scan);
    const stretch = this.stretchOf(scan.startedMs - scan.mtimeMs);
    const wasLoose = this.tooManySets;
    this.current = stretch;
    this.stretches[stretch]?.add(scan);
    if (this.stretches[0]?.runsAlike) this.ranAlike = true;
    if (this.stretches.length > MOST_SETS + 1) this.tooManySets = true;
    return this.settle() || wasLoose !== this.tooManySets;
  }

  get isSteady(): boolean {
    return this.order.isSteady;
  }

  /** Instrument minus PC at the first file; null while no file tells a time. */
  get lagMs(): number | null {
    return this.stretches[0]?.firstLagMs ?? null;
  }

  /** From the beginning on, files were written as they were measured. */
  get isLive(): boolean {
    return this.ranAlike;
  }

  get spanMs(): number {
    return this.started.ms;
  }

  /** The stretch that the newest file belongs to. */
  get stretch(): number {
    return this.current;
  }

  /** How far the clock had been set since the first stretch. */
  setByMs(stretch: number): number {
    return this.tooManySets ? 0 : (this.stretches[stretch]?.setByMs ?? 0);
  }

  get isSetAnew(): boolean {
    return this.stretches.some((_, index) => this.setByMs(index) !== 0);
  }

  /** Instrument minus PC in the present stretch; null where the files were copied, so that it tells nothing. */
  get presentLagMs(): number | null {
    const stretch = this.stretches[this.current];
    if (stretch === undefined || (stretch.count >= AGREE_LEAST && !stretch.runsAlike)) return null;
    return stretch.firstLagMs;
  }

  private stretchOf(lagMs: number): number {
    if (this.tooManySets) return 0;
    const found = this.stretches.findIndex((one) => Math.abs(one.lastLagMs - lagMs) <= SET_MS);
    if (found >= 0) return found;
    this.stretches.push(new Stretch(lagMs));
    return this.stretches.length - 1;
  }

  private settle(): boolean {
    const [first] = this.stretches;
    if (first === undefined || !this.ranAlike) return false;
    let settled = false;
    for (const stretch of this.stretches) {
      if (stretch === first || stretch.setByMs !== 0 || !stretch.runsAlike) continue;
      stretch.setByMs = stretch.meanLagMs - first.meanLagMs;
      settled = true;
    }
    return settled;
  }
}
