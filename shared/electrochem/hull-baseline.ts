import { lowerHull } from "./convex-hull.ts";
import { largestMagnitude } from "./largest-magnitude.ts";

/**
 * Rounding in a smoothed curve, relative to its largest value, with room to spare. Coarsely quantised currents put
 * three and more smoothed points on one exact line; without this their last bits would choose the baseline's end.
 */
const ROUNDING = 64 * Number.EPSILON;

/** A curve seen from its own lower convex hull. */
export interface HullBaseline {
  /** Indices of the hull's points, ascending, first and last sample included. */
  readonly hull: Int32Array;
  /** Curve minus hull: zero on the hull's points, positive between them up to rounding. */
  readonly above: Float64Array;
  /** Same unit: whatever is not higher than this above the hull is rounding. A straight line has no peak. */
  readonly rounding: number;
}

/** Subtracts the hull, straight between its points. `x` strictly ascending, `y` of the same length. */
export function subtractHull(x: Float64Array, y: Float64Array): HullBaseline {
  const rounding = ROUNDING * largestMagnitude(y);
  const hull = lowerHull(x, y, rounding);
  const above = new Float64Array(x.length);
  for (let edge = 1; edge < hull.length; edge++) {
    const left = hull[edge - 1]!;
    const right = hull[edge]!;
    const slope = (y[right]! - y[left]!) / (x[right]! - x[left]!);
    for (let i = left + 1; i < right; i++) above[i] = y[i]! - (y[left]! + slope * (x[i]! - x[left]!));
  }
  return { hull, above, rounding };
}

/** The two neighbouring hull points between which sample `index` lies (on the left one at most). */
export function hullEdgeAround(hull: Int32Array, index: number): { left: number; right: number } {
  let edge = 1;
  while (edge < hull.length - 1 && hull[edge]! <= index) edge++;
  return { left: hull[edge - 1]!, right: hull[edge]! };
}
