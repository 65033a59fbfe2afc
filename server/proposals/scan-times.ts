import { ClockEvidence, MOST_OUT_OF_ORDER } from "../../shared/trends/clock-evidence.ts";
import { COPY_MS } from "../../shared/trends/clock-set.ts";

/** What tells when the scans of a series were taken, and what is strange about it. */

/** The instrument's clock in the files, the files' modification times, or only their order. */
export type TimeAxis = "instrument" | "file" | "number";

export interface TimedFile {
  readonly name: string;
  /** Files of one trace follow each other in time; of others nothing is known. */
  readonly trace: string;
  /** Instrument's clock read as UTC, ms since 1970; null where the file has none. */
  readonly started_at_ms: number | null;
  readonly mtime_ms: number;
}

export interface ScanTimes {
  readonly axis: TimeAxis;
  /** Sentences for a person. */
  readonly remarks: readonly string[];
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
/** Two clocks over one hour of daylight saving differ by it, and by what a scan takes. */
const HOUR_TOLERANCE = 150 * SECOND;
/** Further from the file's own time, an instrument's clock was never set. */
const OFF_MS = 180 * DAY;

/**
 * Judges the clocks of a series.
 *
 * @param looked files whose headers were read, in natural order
 * @param mtimes modification times of all files of one trace after the other, each in natural order, ms
 */
export function judgeTimes(looked: readonly TimedFile[], mtimes: readonly (readonly number[])[]): ScanTimes {
  const remarks: string[] = [];
  const file = judgeMtimes(mtimes);
  const instrument = judgeInstrument(looked, file.usable, remarks);
  if (instrument) return { axis: "instrument", remarks };
  if (file.usable)
    return { axis: "file", remarks: [...remarks, "Times are those at which the files were written."] };
  if (mtimes.flat().length < 2) return { axis: "file", remarks };
  const why =
    file.why === "copied"
      ? "All files were written at nearly the same time, as copies are"
      : "The times at which the files were written do not follow their numbers";
  return {
    axis: "number",
    remarks: [...remarks, `${why}: time is the file number times an interval that you set.`],
  };
}

/** Whether the instrument's clock can be the axis; what is strange about it goes to `remarks`. */
function judgeInstrument(looked: readonly TimedFile[], mtimesUsable: boolean, remarks: string[]): boolean {
  const timed = looked.flatMap((file) =>
    file.started_at_ms === null ? [] : [{ ...file, started_at_ms: file.started_at_ms }],
  );
  const [first] = timed;
  if (first === undefined) return false;
  if (timed.length < looked.length) {
    remarks.push("Some files do not say when they were measured: they stand by the time they were written.");
  }
  if (timed.length > 1 && timed.every(({ started_at_ms }) => started_at_ms === first.started_at_ms)) {
    remarks.push(
      `The instrument's clock stands still at ${minute(first.started_at_ms)} in every file that was looked at.`,
    );
    return false;
  }
  const pairs = consecutive(timed);
  for (const [before, after] of pairs) {
    const remark = remarkOnPair(before, after, mtimesUsable);
    if (remark !== null && remarks.length < 2) remarks.push(remark);
  }
  if (!isSteady(timed)) {
    remarks.push("Its order does not follow the file numbers.");
    return false;
  }
  const off = yearsOff(timed, mtimesUsable);
  if (off !== null) remarks.push(off);
  return true;
}

type Timed = TimedFile & { readonly started_at_ms: number };

/** Whether trends of these files will go by the instrument's clock: by the very rule that places them. */
function isSteady(timed: readonly Timed[]): boolean {
  const evidence = new ClockEvidence();
  const traces = new Map<string, number>();
  timed.forEach(({ trace, started_at_ms, mtime_ms }, number) => {
    const frequencyHz = traces.get(trace) ?? traces.size;
    traces.set(trace, frequencyHz);
    evidence.add({ number, frequencyHz, startedMs: started_at_ms, mtimeMs: mtime_ms });
  });
  return evidence.isSteady;
}

function remarkOnPair(before: Timed, after: Timed, mtimesUsable: boolean): string | null {
  const passed = after.started_at_ms - before.started_at_ms;
  const between = `between ${before.name} and ${after.name}`;
  if (mtimesUsable) {
    const gap = passed - (after.mtime_ms - before.mtime_ms);
    if (Math.abs(Math.abs(gap) - HOUR) <= HOUR_TOLERANCE) {
      const way = gap < 0 ? "goes back" : "jumps ahead";
      return `The instrument's clock ${way} by an hour ${between}, as for daylight saving.`;
    }
  }
  if (passed >= 0) return null;
  return `The instrument's clock runs backwards ${between}.`;
}

/** The instrument's year against the files', where the files' times can be believed, or where it is in their future. */
function yearsOff(timed: readonly Timed[], mtimesUsable: boolean): string | null {
  const [first] = timed;
  if (first === undefined) return null;
  const ahead = first.started_at_ms - first.mtime_ms;
  if (ahead > OFF_MS || (mtimesUsable && -ahead > OFF_MS)) {
    const [said, written] = [first.started_at_ms, first.mtime_ms].map((time) =>
      new Date(time).getUTCFullYear(),
    );
    return `The instrument's clock says ${said}, the files are of ${written}: elapsed time counts from the first scan.`;
  }
  return null;
}

function judgeMtimes(traces: readonly (readonly number[])[]): {
  readonly usable: boolean;
  readonly why: "copied" | "disorder" | null;
} {
  const all = traces.flat();
  if (all.length < 2) return { usable: false, why: null };
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of all) [low, high] = [Math.min(low, time), Math.max(high, time)];
  if (high - low < COPY_MS * (all.length - 1)) return { usable: false, why: "copied" };
  let [pairs, backwards] = [0, 0];
  for (const times of traces) {
    for (let i = 1; i < times.length; i++) {
      pairs++;
      if ((times[i] ?? 0) < (times[i - 1] ?? 0)) backwards++;
    }
  }
  return backwards > pairs * MOST_OUT_OF_ORDER && backwards > 1
    ? { usable: false, why: "disorder" }
    : { usable: true, why: null };
}

/** Neighbours of one trace. */
function consecutive(files: readonly Timed[]): [Timed, Timed][] {
  const last = new Map<string, Timed>();
  return files.flatMap((file): [Timed, Timed][] => {
    const before = last.get(file.trace);
    last.set(file.trace, file);
    return before === undefined ? [] : [[before, file]];
  });
}

function minute(time_ms: number): string {
  return new Date(time_ms).toISOString().slice(0, 16).replace("T", " ");
}
