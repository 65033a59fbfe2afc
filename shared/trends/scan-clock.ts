import { ClockEvidence } from "./clock-evidence.ts";
import { COPY_MS, Span } from "./clock-set.ts";
import { GrowableColumn } from "./growable-column.ts";
import type { TrendFiles } from "./trend-log.ts";

/**
 * When a scan was taken. The instrument writes its own clock into the file (hours as on its screen, no zone); the
 * file's modification time is the PC's. A clock that is years off still runs: it gives the intervals wherever it is
 * steady, and the time of day is the PC's then. Where it was set in the middle of a run, the PC's times count. One clock
 * counts for a whole session: a mixture would jump.
 */
export interface ScanClock {
  /** What gives the intervals between scans. */
  readonly pace: "instrument" | "file";
  /** Whose time of day is shown: the instrument's as it was written, or the PC's, which is known in every zone. */
  readonly shown: "as-written" | "local";
  /** Added to a time on the scans' scale before its time of day is told. */
  readonly shownShiftMs: number;
  readonly doubts: readonly ClockDoubt[];
}

/**
 * What is not certain. `no-intervals`: files were copied and no header helps, so only their order is known;
 * `wrong-date`: the instrument's date was not believed; `old-date`: it may be right, since the files were copied;
 * `unsteady`: the instrument's clock stands still or runs against the numbers; `set-anew`: it was set in the middle.
 */
export type ClockDoubt = "no-intervals" | "wrong-date" | "old-date" | "unsteady" | "set-anew";

type ClockedFiles = Pick<TrendFiles, "next" | "isAnalysed" | "entry">;

/** Further apart, the two dates are not of one moment: time zones differ by at most 26 h. */
const PLAUSIBLE_MS = 48 * 3_600_000;

const UNKNOWN: ScanClock = { pace: "file", shown: "local", shownShiftMs: 0, doubts: [] };

/** A time on the scans' scale as the hours that are shown. */
export function shownMs(clock: ScanClock, timeMs: number): number {
  return timeMs + clock.shownShiftMs;
}

/** Whether distances in time mean something. */
export function tellsIntervals({ doubts }: ScanClock): boolean {
  return !doubts.includes("no-intervals");
}

/**
 * The times of all files of a log that grows, ms on one scale: that of the first analysed file, the instrument's where
 * its header tells a time, else the PC's. What is learned later changes the pace, never where the scale begins, so
 * that marks keep their place.
 */
export class ScanTimes {
  readonly timesMs = new GrowableColumn();
  clock: ScanClock = UNKNOWN;
  private evidence = new ClockEvidence();
  /** Of each file: the instrument's time, or one made of the PC's; NaN before any header told a time. */
  private readonly rawMs = new GrowableColumn();
  private readonly mtimesMs = new GrowableColumn();
  private readonly written = new Span();
  private analysed = 0;
  private isPcScale = false;
  private lastRawMs = Number.NaN;

  /**
   * Takes in the files that have come since the last time.
   * @returns the first offset whose time is new or another one
   */
  update(files: ClockedFiles): number {
    let from = this.timesMs.length;
    for (let offset = from; offset < files.next; offset++) {
      const before = this.clock.pace;
      const learned = this.take(files, offset);
      const pace = this.paceNow();
      if (learned || pace !== before) {
        this.clock = this.judge(pace);
        this.placeAll();
        from = 0;
      } else this.timesMs.push(this.placeOf(offset, pace));
    }
    this.clock = this.judge(this.paceNow());
    return from;
  }

  /** @returns whether earlier files have to be placed anew */
  private take(files: ClockedFiles, offset: number): boolean {
    const mtimeMs = files.entry(offset, "mtime_ms");
    const startedMs = files.entry(offset, "started_at_ms");
    const isAnalysed = files.isAnalysed(offset);
    const isTimed = isAnalysed && !Number.isNaN(startedMs);
    let learned = false;
    if (isAnalysed) {
      this.written.add(mtimeMs);
      this.analysed += 1;
      if (this.analysed === 1) this.isPcScale = !isTimed;
    }
    if (isTimed) {
      const isFirst = this.evidence.lagMs === null;
      const number = files.entry(offset, "file_number");
      const frequencyHz = files.entry(offset, "frequency_hz") || 0;
      this.evidence.add({ number, frequencyHz, startedMs, mtimeMs });
      learned = isFirst;
      this.lastRawMs = startedMs;
    }
    this.mtimesMs.push(mtimeMs);
    this.rawMs.push(isTimed ? startedMs : this.untimed(mtimeMs));
    return learned;
  }

  /** A file that does not say when it was measured: by the PC's clock, or, among copies, behind the one before it. */
  private untimed(mtimeMs: number): number {
    if (this.evidence.lagMs === null) return Number.NaN;
    const lagMs = this.evidence.presentLagMs;
    return lagMs === null ? this.lastRawMs : mtimeMs + lagMs;
  }

  private paceNow(): ScanClock["pace"] {
    const { lagMs, isSteady, isSetAnew } = this.evidence;
    return lagMs !== null && isSteady && !isSetAnew ? "instrument" : "file";
  }

  private get originMs(): number {
    return this.isPcScale ? (this.evidence.lagMs ?? 0) : 0;
  }

  private placeOf(offset: number, pace: ScanClock["pace"]): number {
    const raw = this.rawMs.at(offset);
    if (pace === "file" || Number.isNaN(raw))
      return this.mtimesMs.at(offset) + (this.evidence.lagMs ?? 0) - this.originMs;
    return raw - this.originMs;
  }

  private placeAll(): void {
    const { pace } = this.clock;
    const times = Float64Array.from({ length: this.rawMs.length }, (_, offset) => this.placeOf(offset, pace));
    this.timesMs.replaceFrom(0, times);
  }

  private judge(pace: ScanClock["pace"]): ScanClock {
    const doubts: ClockDoubt[] = [];
    const { lagMs, isLive, isSetAnew, isSteady, spanMs } = this.evidence;
    const span = pace === "instrument" ? spanMs : this.written.ms;
    if (this.analysed > 1 && span < COPY_MS * (this.analysed - 1)) doubts.push("no-intervals");
    if (lagMs === null) return { ...UNKNOWN, doubts };
    if (isSetAnew) doubts.push("set-anew");
    else if (!isSteady) doubts.push("unsteady");
    const isDated = Math.abs(lagMs) <= PLAUSIBLE_MS;
    // A file is not measured after it was written; one from long before may have been copied since.
    const isWrong = !isDated && (lagMs > 0 || isLive);
    if (!isDated && pace === "instrument") doubts.push(isWrong ? "wrong-date" : "old-date");
    return pace === "file" || isWrong
      ? { pace, shown: "local", shownShiftMs: this.originMs - lagMs, doubts }
      : { pace, shown: "as-written", shownShiftMs: this.originMs, doubts };
  }
}

/** The times of a whole log at once. */
export function scanTimes(files: ClockedFiles): ScanTimes {
  const times = new ScanTimes();
  times.update(files);
  return times;
}
