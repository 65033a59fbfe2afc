import { AGREE_LEAST, ClockSet, Span, type Stretch, type TimedScan } from "./clock-set.ts";

/**
 * What a log tells of the instrument's clock, gathered file by file. The same files in the same order tell the same,
 * whether they come one by one or at once, so that screen and exports agree.
 */

/** More pairs out of order than this, and the order says nothing. */
export const MOST_OUT_OF_ORDER = 0.2;
/** Fewer again, and it is believed anew: in between nothing changes, so a log changes its clock a few times at most. */
const BELIEVED_AGAIN = MOST_OUT_OF_ORDER / 2;
/** Headers tell a minute at least: what repeats over a longer time stands still. */
const REPEAT_MS = 61_000;

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
  private readonly order = new Order();
  private readonly started = new Span();
  private readonly set = new ClockSet();
  private first: Stretch | null = null;
  private ranAlike = false;

  add(scan: TimedScan): void {
    this.started.add(scan.startedMs);
    this.order.add(scan);
    this.set.add(scan);
    this.first ??= this.set.present;
    if (this.first?.runsAlike) this.ranAlike = true;
  }

  get isSteady(): boolean {
    return this.order.isSteady;
  }

  /** The clock was set during the run: it is not known by how much, and no distance across it counts. */
  get isSetAnew(): boolean {
    return this.set.isTold;
  }

  /** Instrument minus PC at the first file; null while no file tells a time. */
  get lagMs(): number | null {
    return this.first?.firstLagMs ?? null;
  }

  /** From the beginning on, files were written as they were measured. */
  get isLive(): boolean {
    return this.ranAlike;
  }

  get spanMs(): number {
    return this.started.ms;
  }

  /** Instrument minus PC at present; null where the files were copied, so that it tells nothing. */
  get presentLagMs(): number | null {
    const { present } = this.set;
    if (present === null || (present.count >= AGREE_LEAST && !present.runsAlike)) return null;
    return present.firstLagMs;
  }
}
