import { subtractHull } from "./hull-baseline.ts";
import { halfWidth, largestMaximum } from "./peak-shape.ts";
import { smooth } from "./savitzky-golay.ts";
import type { SweepSamples } from "./sweep-samples.ts";

/** A smoothing window and degree that `smooth` accepts for a given number of samples. */
export interface Smoothing {
  readonly points: number;
  readonly degree: number;
}

/**
 * Makes asked values usable on `count` samples: an even window grows by one, one longer than the data becomes the
 * longest odd one that fits, and the degree yields to the window. A window of 1 means no smoothing.
 */
export function usableSmoothing(points: number, degree: number, count: number): Smoothing {
  const longest = count % 2 === 1 ? count : count - 1;
  const usable = Math.min(oddAtLeast(Math.max(1, points)), longest);
  return { points: usable, degree: Math.min(degree, usable - 1) };
}

/**
 * A window of a third of the peak's half width: wide enough to help, too narrow to flatten the peak. The peak is
 * first looked for with a window of 5 % of the samples, which also stands when there is no peak; the result is
 * at most a quarter of the samples.
 *
 * @param samples oriented so that the peak points up, at least 5
 */
export function automaticWindow(
  samples: SweepSamples,
  degree: number,
  peak_window: readonly [number, number] | null,
): number {
  const { potentials_v, currents_a } = samples;
  const count = potentials_v.length;
  const first = usableSmoothing(Math.max(5, Math.trunc(0.05 * count)), degree, count);
  const { above, rounding } = subtractHull(potentials_v, smooth(currents_a, first.points, first.degree));
  const peak = largestMaximum(potentials_v, above, {
    peak_window,
    margin: (first.points - 1) / 2,
    floor: rounding,
  });
  const width_v = peak === null ? null : halfWidth(potentials_v, above, peak);
  if (width_v === null) return first.points;
  const step_v = (potentials_v[count - 1]! - potentials_v[0]!) / (count - 1);
  const third = oddAtLeast(Math.max(5, Math.trunc(width_v / (3 * step_v))));
  return Math.min(third, oddAtLeast(Math.trunc(count / 4)));
}

function oddAtLeast(value: number): number {
  return value % 2 === 0 ? value + 1 : value;
}
