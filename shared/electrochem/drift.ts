import { medianInPlace } from "./median.ts";
import type { TrendSeries } from "./trend-series.ts";

/** The straight line that a trend drifts along; per unit of x, so per hour where x is in hours. */
export type Drift =
  | { readonly kind: "drift"; readonly slope: number; readonly atZero: number; readonly points: number }
  | { readonly kind: "no-drift"; readonly reason: "too-few-points"; readonly points: number };

/** Two points always lie on a line. */
const MIN_POINTS = 3;
/** Slopes grow with the square of the points: 1,000 points have 499,500. Longer series are thinned to so many. */
const MAX_POINTS = 1_000;

/**
 * Theil–Sen line: the median of the slopes between all pairs of points, through the median of what they leave over
 * (Theil 1950, Proc. K. Ned. Akad. Wet. 53, 386; Sen 1968, J. Am. Stat. Assoc. 63, 1379). Up to 29 % of the points
 * may be wild without moving it far. Longer series than 1,000 points are first replaced by the medians of blocks of
 * neighbours, which keeps the slope of the line and most of its robustness.
 */
export function theilSenDrift({ xs, values }: TrendSeries): Drift {
  const present = [...values.keys()].filter((i) => Number.isFinite(values[i]!) && Number.isFinite(xs[i]!));
  const points = present.length;
  const x = thin(Float64Array.from(present, (i) => xs[i]!));
  const y = thin(Float64Array.from(present, (i) => values[i]!));
  const slopes = new Float64Array((x.length * (x.length - 1)) / 2);
  let count = 0;
  for (let i = 1; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      // Points at one x have no slope between them.
      if (x[i] !== x[j]) slopes[count++] = (y[i]! - y[j]!) / (x[i]! - x[j]!);
    }
  }
  if (points < MIN_POINTS || count === 0) return { kind: "no-drift", reason: "too-few-points", points };
  const slope = medianInPlace(slopes.subarray(0, count));
  const atZero = medianInPlace(y.map((value, i) => value - slope * x[i]!));
  return { kind: "drift", slope, atZero, points };
}

/** Medians of as many equal blocks as are allowed. */
function thin(values: Float64Array): Float64Array {
  if (values.length <= MAX_POINTS) return values;
  const edge = (block: number) => Math.floor((block * values.length) / MAX_POINTS);
  return Float64Array.from({ length: MAX_POINTS }, (_, block) =>
    medianInPlace(values.slice(edge(block), edge(block + 1))),
  );
}
