import { largestMagnitude } from "./largest-magnitude.ts";
import { medianInPlace } from "./median.ts";

/** Parameters of a Hampel filter: it takes out single wild samples and leaves all others as they are. */
export interface HampelParams {
  /** Window in samples, odd; cut off at the ends. */
  readonly points: number;
  /** A sample this many robust standard deviations from its window's median is replaced by that median. */
  readonly threshold: number;
}

/** Median absolute deviation of normal noise over its σ: Φ⁻¹(3/4). */
const MAD_PER_SIGMA = 0.6744897501960817;
/**
 * Least deviation that counts, as a share of the largest deviation from the median of all samples. Where most of a
 * window is one quantised value its MAD is 0, and the smallest step next to it would be an outlier. SACMES uses
 * 1e-10 A, which is this share of a peak of 1 µA; as a share it means the same at every current.
 */
const LEAST_MAD = 1e-4;

/**
 * Replaces outliers by the median of their window (SACMES web program, manual mode). Adding a constant or scaling
 * does the same to the result.
 *
 * @param values samples in order; not changed
 * @returns a new array of the same length
 */
export function hampelFilter(values: Float64Array, { points, threshold }: HampelParams): Float64Array {
  const out = values.slice();
  const reach = Math.max(0, (points - 1) >> 1);
  if (reach === 0) return out;
  const middle = medianInPlace(values.slice());
  const least = LEAST_MAD * largestMagnitude(values.map((value) => value - middle));
  const window = new Float64Array(2 * reach + 1);
  for (let k = 0; k < values.length; k++) {
    const from = Math.max(0, k - reach);
    const neighbours = values.subarray(from, Math.min(values.length, k + reach + 1));
    const around = window.subarray(0, neighbours.length);
    around.set(neighbours);
    const median = medianInPlace(around);
    for (let i = 0; i < around.length; i++) around[i] = Math.abs(neighbours[i]! - median);
    const sigma = Math.max(medianInPlace(around), least) / MAD_PER_SIGMA;
    if (Math.abs(values[k]! - median) > threshold * sigma) out[k] = median;
  }
  return out;
}
