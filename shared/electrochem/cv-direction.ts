import type { Segment } from "./cv-segments.ts";
import type { Direction } from "./hull-outcome.ts";

/**
 * Which way peaks of oxidation point in a file; the sign is a setting of the instrument that no header tells.
 * Charging and oxidation both make the current of a rising sweep larger in the anodic direction than that of a
 * falling one at the same potential: compares the mean currents of rising and falling segments where they overlap.
 * A single sweep is judged by the sign of its own mean.
 */
export function anodicDirection(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  segments: readonly Segment[],
): Direction {
  const common = commonRange(potentials_v, segments);
  const mean = (sweep: Segment["sweep"]) => meanCurrent(potentials_v, currents_a, segments, sweep, common);
  const rising = mean("rising") ?? 0;
  const falling = mean("falling") ?? 0;
  return rising - falling >= 0 ? "up" : "down";
}

/** V; potentials that every segment passes, or all when there are none. */
function commonRange(
  potentials_v: Float64Array,
  segments: readonly Segment[],
): readonly [lo: number, hi: number] {
  const ends = segments.map(({ from, to }) => [potentials_v[from]!, potentials_v[to - 1]!] as const);
  const lo = Math.max(...ends.map(([a, b]) => Math.min(a, b)));
  const hi = Math.min(...ends.map(([a, b]) => Math.max(a, b)));
  return lo < hi ? [lo, hi] : [-Infinity, Infinity];
}

function meanCurrent(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  segments: readonly Segment[],
  sweep: Segment["sweep"],
  [lo, hi]: readonly [lo: number, hi: number],
): number | null {
  let sum = 0;
  let count = 0;
  for (const segment of segments) {
    if (segment.sweep !== sweep) continue;
    for (let i = segment.from; i < segment.to; i++) {
      if (!(potentials_v[i]! >= lo && potentials_v[i]! <= hi) || !Number.isFinite(currents_a[i]!)) continue;
      sum += currents_a[i]!;
      count++;
    }
  }
  return count === 0 ? null : sum / count;
}
