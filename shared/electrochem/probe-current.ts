import { smooth } from "./savitzky-golay.ts";
import { usableSmoothing } from "./smoothing-window.ts";
import type { SweepSamples } from "./sweep-samples.ts";

/** A whole segment after smoothing, window or not; empty when it has no samples. */
export function smoothSweep(
  { potentials_v, currents_a }: SweepSamples,
  points: number,
  degree: number,
): SweepSamples {
  if (currents_a.length === 0) return { potentials_v, currents_a };
  const smoothing = usableSmoothing(points, degree, currents_a.length);
  return { potentials_v, currents_a: smooth(currents_a, smoothing.points, smoothing.degree) };
}

/** The current at a potential, straight between samples by ascending potential; null outside. */
export function currentAt({ potentials_v, currents_a }: SweepSamples, potential_v: number): number | null {
  const last = potentials_v.length - 1;
  if (last < 0 || !(potential_v >= potentials_v[0]! && potential_v <= potentials_v[last]!)) return null;
  let right = 0;
  while (potentials_v[right]! < potential_v) right++;
  if (potentials_v[right] === potential_v) return currents_a[right]!;
  const left = right - 1;
  const share = (potential_v - potentials_v[left]!) / (potentials_v[right]! - potentials_v[left]!);
  return currents_a[left]! + share * (currents_a[right]! - currents_a[left]!);
}
