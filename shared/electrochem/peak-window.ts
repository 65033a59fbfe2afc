import type { HullOutcome } from "./hull-outcome.ts";
import { medianInPlace } from "./median.ts";

/** V; narrower than this a drifting reference electrode would carry the peak out of its window. */
const MIN_REACH_V = 0.05;

/**
 * Proposes where the peak of a session may be: the first scans' peak ± the larger of 50 mV and one half width,
 * in whole millivolts. Of several scans the medians count, so one scan where another wave won does not.
 *
 * @param outcomes first scans of one electrode and frequency; only those with a `peak` count
 * @returns V, or null when none has a peak
 */
export function proposePeakWindow(
  outcomes: readonly HullOutcome[],
): readonly [lo: number, hi: number] | null {
  const peaks = outcomes.filter((outcome) => outcome.kind === "peak");
  if (peaks.length === 0) return null;
  const centre_v = medianInPlace(Float64Array.from(peaks, (peak) => peak.peak_potential_v));
  const width_v = medianInPlace(Float64Array.from(peaks, (peak) => peak.half_width_v ?? 0));
  const reach_v = Math.max(MIN_REACH_V, width_v);
  return [wholeMillivolts(centre_v - reach_v), wholeMillivolts(centre_v + reach_v)];
}

function wholeMillivolts(potential_v: number): number {
  return Math.round(potential_v * 1000) / 1000;
}
