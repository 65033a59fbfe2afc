/** Finding and measuring one peak of a curve that stands on zero (a curve minus its baseline). */

export interface MaximumSearch {
  /** V; the maximum must lie inside, null for anywhere. */
  readonly peak_window: readonly [lo: number, hi: number] | null;
  /** Samples at either end that cannot be the maximum: what smoothing extrapolated there is no peak. */
  readonly margin: number;
  /** Same unit as the curve: a maximum must be higher than this to be more than rounding. */
  readonly floor: number;
}

/** Index of the largest local maximum (the first of equal ones), or null when there is none. */
export function largestMaximum(
  potentials_v: Float64Array,
  curve: Float64Array,
  search: MaximumSearch,
): number | null {
  const [lo, hi] = search.peak_window ?? [-Infinity, Infinity];
  const first = Math.max(1, search.margin);
  const last = Math.min(curve.length - 2, curve.length - 1 - search.margin);
  let best: number | null = null;
  let height = search.floor;
  for (let k = first; k <= last; k++) {
    const value = curve[k]!;
    if (!(value > height && value >= curve[k - 1]! && value > curve[k + 1]!)) continue;
    if (!(potentials_v[k]! >= lo && potentials_v[k]! <= hi)) continue;
    best = k;
    height = value;
  }
  return best;
}

/**
 * Full width at half the height of the maximum at `peak`, in V, straight between samples; null when the curve
 * does not come down to half on both sides.
 */
export function halfWidth(potentials_v: Float64Array, curve: Float64Array, peak: number): number | null {
  const half = curve[peak]! / 2;
  let left = peak - 1;
  while (left >= 0 && curve[left]! > half) left--;
  let right = peak + 1;
  while (right < curve.length && curve[right]! > half) right++;
  if (left < 0 || right >= curve.length) return null;
  return (
    potentialAt(potentials_v, curve, right - 1, right, half) -
    potentialAt(potentials_v, curve, left, left + 1, half)
  );
}

/** Trapezoidal area under the curve from sample `left` to sample `right`, both included. */
export function areaUnder(
  potentials_v: Float64Array,
  curve: Float64Array,
  left: number,
  right: number,
): number {
  let area = 0;
  for (let i = left; i < right; i++) {
    area += ((curve[i]! + curve[i + 1]!) / 2) * (potentials_v[i + 1]! - potentials_v[i]!);
  }
  return area;
}

/** Where the straight line between two neighbouring samples takes the value `level`. */
function potentialAt(x: Float64Array, y: Float64Array, i: number, j: number, level: number): number {
  return x[i]! + ((level - y[i]!) / (y[j]! - y[i]!)) * (x[j]! - x[i]!);
}
