import { largestMagnitude } from "./largest-magnitude.ts";
import type { Baseline } from "./peak-measure.ts";

/** Of the samples in scan order: where a species in solution does not react yet. */
const DEFAULT_SHARE = 0.15;
/** A line through fewer samples would follow their noise. */
const MIN_SAMPLES = 3;
/** Rounding of a line that is extended over the whole sweep, relative to the largest value. */
const ROUNDING = 64 * Number.EPSILON;

/** Samples [from, to) of a sweep by ascending potential. */
export interface SampleRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The flat part before the peak, on which the tangent rests: the samples inside `region`, or by default the first
 * 15 % in scan order, which on a falling sweep are those of the highest potentials.
 *
 * @param potentials_v strictly ascending
 * @returns null where fewer than 3 samples lie there
 */
export function tangentRange(
  potentials_v: Float64Array,
  sweep: "rising" | "falling",
  region: readonly [lo: number, hi: number] | null,
): SampleRange | null {
  const count = potentials_v.length;
  if (region !== null) {
    let from = 0;
    while (from < count && potentials_v[from]! < region[0]) from++;
    let to = from;
    while (to < count && potentials_v[to]! <= region[1]) to++;
    return to - from >= MIN_SAMPLES ? { from, to } : null;
  }
  const share = Math.max(MIN_SAMPLES, Math.trunc(DEFAULT_SHARE * count));
  if (share > count) return null;
  return sweep === "rising" ? { from: 0, to: share } : { from: count - share, to: count };
}

/**
 * The least-squares line through the smoothed curve in `range`, extended under the whole curve. Under a peak it
 * counts between the nearest samples where the curve is back on the line, or the ends.
 */
export function layTangent(potentials_v: Float64Array, smoothed: Float64Array, range: SampleRange): Baseline {
  const { middle_v, mean_a, slope } = lineThrough(potentials_v, smoothed, range);
  const line = potentials_v.map((potential) => mean_a + slope * (potential - middle_v));
  const above = smoothed.map((current, i) => current - line[i]!);
  const rounding = ROUNDING * Math.max(largestMagnitude(smoothed), largestMagnitude(line));
  return { above, rounding, extentAround: (peak) => extentAbove(above, peak) };
}

function lineThrough(x: Float64Array, y: Float64Array, { from, to }: SampleRange) {
  let sumX = 0;
  let sumY = 0;
  for (let i = from; i < to; i++) {
    sumX += x[i]!;
    sumY += y[i]!;
  }
  const middle_v = sumX / (to - from);
  const mean_a = sumY / (to - from);
  let products = 0;
  let squares = 0;
  for (let i = from; i < to; i++) {
    products += (x[i]! - middle_v) * (y[i]! - mean_a);
    squares += (x[i]! - middle_v) ** 2;
  }
  return { middle_v, mean_a, slope: products / squares };
}

function extentAbove(above: Float64Array, peak: number): { left: number; right: number } {
  let left = peak;
  while (left > 0 && above[left]! > 0) left--;
  let right = peak;
  while (right < above.length - 1 && above[right]! > 0) right++;
  return { left, right };
}
