/** Where a CH Instruments header says that the sweep ends: what makes a file complete by its content. */

import type { ChiHeader } from "./chi-header.ts";
import type { Technique } from "./scan.ts";

/** What the parameters announce of the table. */
export interface AnnouncedSweep {
  /** Rows up to the end, when the first row stands one step behind the initial x. */
  readonly rows: number;
  /** V; of chronoamperometry s, as are the others. */
  readonly initialX: number;
  /** Of the last row. */
  readonly lastX: number;
  readonly stepX: number;
  /** Whether `lastX` alone proves the end: a CV passes the same potentials again and again. */
  readonly endsOnce: boolean;
}

/** A count from printed decimals is off by rounding only: 0.7 / 0.004 is 174.99999999999997. */
const ROUNDING = 1e-6;

/** The announced end; null where the header does not tell enough. */
export function announcedSweep(technique: Technique, header: ChiHeader): AnnouncedSweep | null {
  if (technique === "cv") return announcedCycles(header);
  if (technique === "ca") return announcedRun(header);
  const initial_v = header.numbers.get("init e");
  const last_v = header.numbers.get("final e");
  const step_v = header.numbers.get("incr e") ?? header.numbers.get("sample interval");
  if (initial_v === undefined || last_v === undefined || step_v === undefined) return null;
  if (technique !== "swv" && technique !== "dpv" && technique !== "lsv") return null;
  if (!(step_v > 0) || initial_v === last_v) return null;
  const rows = Math.ceil(Math.abs(last_v - initial_v) / step_v - ROUNDING);
  return { rows, initialX: initial_v, lastX: last_v, stepX: step_v, endsOnce: true };
}

/**
 * An i-t curve runs for its `Run Time`, chronoamperometry for its steps. Times are printed with four digits, so the
 * last one may stand in several rows: the rows count, too.
 */
function announcedRun({ numbers }: ChiHeader): AnnouncedSweep | null {
  const steps_s = (numbers.get("step") ?? Number.NaN) * (numbers.get("pulse width") ?? Number.NaN);
  const run_s = numbers.get("run time") ?? steps_s;
  const interval_s = numbers.get("sample interval") ?? Number.NaN;
  if (!(run_s > 0) || !(interval_s > 0)) return null;
  const rows = Math.ceil(run_s / interval_s - ROUNDING);
  return { rows, initialX: 0, lastX: run_s, stepX: interval_s, endsOnce: false };
}

/**
 * A CV prints each segment from its first potential up to, not including, its last: rows = path / interval, and
 * the table ends one interval before the last vertex. Null where the path is not a whole number of intervals (the
 * instrument then chooses) or ends at a `Final E` of its own: the caller waits until the file is quiet.
 */
function announcedCycles(header: ChiHeader): AnnouncedSweep | null {
  const value = (name: string) => header.numbers.get(name) ?? Number.NaN;
  const [initial_v, high_v, low_v] = [value("init e"), value("high e"), value("low e")];
  const [segments, step_v] = [value("segment"), value("sample interval")];
  const inside = low_v <= initial_v && initial_v <= high_v && low_v < high_v;
  if (!inside || !(segments >= 1) || !(step_v > 0) || header.numbers.has("final e")) return null;
  const upwards = header.startsPositive ?? (initial_v === low_v ? true : initial_v === high_v ? false : null);
  if (upwards === null) return null;
  const first_v = upwards ? high_v - initial_v : initial_v - low_v;
  const rows = (first_v + (segments - 1) * (high_v - low_v)) / step_v;
  const whole = Math.round(rows);
  if (first_v <= 0 || !Number.isInteger(segments) || Math.abs(rows - whole) > 0.01) return null;
  const endsHigh = upwards === (segments % 2 === 1);
  const last_v = endsHigh ? high_v - step_v : low_v + step_v;
  return { rows: whole - 1, initialX: initial_v, lastX: last_v, stepX: step_v, endsOnce: false };
}

/** True when the rows so far reach the announced end. */
export function reachesEnd(sweep: AnnouncedSweep, xs: Float64Array): boolean {
  const count = xs.length;
  const first = xs[0];
  const last = xs[count - 1];
  if (first === undefined || last === undefined) return false;
  const half = sweep.stepX / 2;
  const isAtEnd = Math.abs(last - sweep.lastX) < half;
  // The initial potential itself is a row of every CV, and of no SWV seen so far: count it where it is there.
  const startsAtInitial = Math.abs(first - sweep.initialX) < half;
  const hasAllRows = count >= sweep.rows + (startsAtInitial ? 1 : 0);
  return sweep.endsOnce ? isAtEnd || hasAllRows : isAtEnd && hasAllRows;
}
