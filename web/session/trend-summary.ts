import { peakWords } from "../log/result-words.ts";
import type { Trace } from "../log/trace.ts";
import type { Readout } from "../stores/round.ts";
import { plural } from "../words/counts.ts";

/** More traces than this are not read aloud one by one; the table has them all. */
const MOST = 4;

/** How a trace is called where there is no room for its look. */
export function traceName({ id }: Trace): string {
  return id.frequencyHz === null ? `E${id.electrode}` : `E${id.electrode} ${id.frequencyHz}\u202fHz`;
}

/** What a reader who does not see the plot is told of it. */
export function trendSummary(readouts: readonly Readout[], points: number): string {
  const heads = readouts.slice(0, MOST).map(({ trace, row }) => `${traceName(trace)}: ${peakWords(row)}`);
  const more = readouts.length > MOST ? ` and ${plural(readouts.length - MOST, "more trace")}` : "";
  return `${plural(points, "peak")} of ${plural(readouts.length, "trace")}. ${heads.join("; ")}${more}. The button Table shows all numbers.`;
}
