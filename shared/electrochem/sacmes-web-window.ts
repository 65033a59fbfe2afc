/** The windows that the SACMES web program sets from each scan: its rules as they are, for equal numbers. */

import type { HampelParams } from "./hampel.ts";
import type { SweepSamples } from "./sweep-samples.ts";

const HAMPEL_THRESHOLD = 3;
/** V; the step of a scan of one sample. */
const LONE_STEP_V = 0.01;

/**
 * Between the first samples on both sides of the largest current where it is half of it or less, counted from zero
 * and not from a baseline. Null where a side does not come down so far, or with fewer than 3 samples. V.
 */
export function widthFromZero({ potentials_v, currents_a }: SweepSamples): number | null {
  const count = currents_a.length;
  if (count < 3) return null;
  let top = 0;
  for (let i = 1; i < count; i++) if (currents_a[i]! > currents_a[top]!) top = i;
  const half = currents_a[top]! / 2;
  let left = top;
  while (left >= 0 && currents_a[left]! > half) left--;
  let right = top;
  while (right < count && currents_a[right]! > half) right++;
  return left < 0 || right >= count ? null : Math.abs(potentials_v[right]! - potentials_v[left]!);
}

/** Windows in samples for a scan by ascending potential and its width from zero. */
export const automaticPoints = {
  hampel(potentials_v: Float64Array, width_v: number | null): HampelParams {
    const count = potentials_v.length;
    const step_v = meanStep(potentials_v);
    let points = step_v === 0 ? 5 : widthShare(width_v, 10 * step_v, 0.1 * count);
    points = odd(Math.min(odd(points), Math.floor(count / 3)));
    const longest = count % 2 === 1 ? count : count - 1;
    return { points: Math.min(points, longest), threshold: HAMPEL_THRESHOLD };
  },

  smoothing(potentials_v: Float64Array, width_v: number | null): number {
    const count = potentials_v.length;
    const step_v = meanStep(potentials_v);
    const points = step_v === 0 ? 15 : widthShare(width_v, 3 * step_v, 0.2 * count);
    return Math.min(odd(points), Math.floor(count / 2));
  },
};

/** An asked smoothing window as the program makes it usable. */
export function usablePoints(asked: number, degree: number, count: number): number | "unusable" {
  let points = odd(asked);
  if (points <= degree) points = odd(degree + 2);
  points = Math.max(points, 3, degree + 1);
  if (points > count) points = count % 2 === 1 ? count : count - 1;
  points = Math.max(points, 3, degree + 1);
  // Its last bound can leave an even window, which its smoothing refuses.
  return points <= degree || points > count || points % 2 === 0 ? "unusable" : points;
}

/** V; range over the number of samples, not of steps. */
function meanStep(potentials_v: Float64Array): number {
  const count = potentials_v.length;
  return count < 2 ? LONE_STEP_V : (potentials_v[count - 1]! - potentials_v[0]!) / count;
}

function widthShare(width_v: number | null, unit_v: number, without: number): number {
  return Math.max(3, Math.trunc(width_v === null ? without : width_v / unit_v));
}

function odd(points: number): number {
  return points % 2 === 0 ? points + 1 : points;
}
