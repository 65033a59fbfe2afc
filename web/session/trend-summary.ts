import type { SweepPeak } from "../../shared/trends/trend-log.ts";
import { peakWords } from "../log/result-words.ts";
import type { Trace } from "../log/trace.ts";
import type { Readout } from "../stores/round.ts";
import { plural } from "../words/counts.ts";

/** More traces than this are not read aloud one by one; the table has them all. */
const MOST = 4;

/** How a trace is called where there is no room for its look. */
export function traceName({ id }: Pick<Trace, "id">): string {
  const { electrode, sweep } = id;
  if (sweep !== undefined) return `E${electrode} ${sweepName(sweep)}`;
  return id.frequencyHz === null ? `E${id.electrode}` : `E${id.electrode} ${id.frequencyHz}\u202fHz`;
}

/** A segment of a CV and which way its peak points. */
export function sweepName({ segment, direction }: SweepPeak): string {
  return `seg. ${segment} ${direction > 0 ? "↑" : "↓"}`;
}

/** What a reader who does not see the plot is told of it. */
export function trendSummary(readouts: readonly Readout[], points: number): string {
  const heads = readouts.slice(0, MOST).map(({ trace, row }) => `${traceName(trace)}: ${peakWords(row)}`);
  const more = readouts.length > MOST ? ` and ${plural(readouts.length - MOST, "more trace")}` : "";
  return `${plural(points, "peak")} of ${plural(readouts.length, "trace")}. ${heads.join("; ")}${more}. The button Table shows all numbers.`;
}
