import { medianInPlace } from "./median.ts";
import type { TrendSeries } from "./trend-series.ts";

/** Something was added at `x`; `concentration` of the analyte from then on, in the user's unit, null if not told. */
export interface Injection {
  readonly x: number;
  readonly concentration: number | null;
}

/** What the signal was between two injections. */
export interface Plateau {
  /** x of the injection that began it; null for the stretch before the first. */
  readonly since: number | null;
  readonly concentration: number | null;
  /** Median of its values once settled; null without any. */
  readonly level: number | null;
  /** Values that made the level. */
  readonly points: number;
  /** Level minus that of the plateau before; null where either is missing. */
  readonly change: number | null;
}

/**
 * Cuts a trend at its injections and gives the level of each stretch, and the change from the one before.
 *
 * @param injections in any order
 * @param settle how long after an injection the signal is not counted, in units of x
 * @param initial concentration before the first injection
 */
export function injectionSteps(
  { xs, values }: TrendSeries,
  injections: readonly Injection[],
  settle: number,
  initial: number | null = 0,
): Plateau[] {
  const sorted = [...injections].sort((a, b) => a.x - b.x);
  const starts = [{ x: null, concentration: initial }, ...sorted];
  let before: number | null = null;
  return starts.map(({ x, concentration }, index) => {
    const from = x === null ? -Infinity : x + settle;
    const until = starts[index + 1]?.x ?? Infinity;
    const inside = values.filter((value, i) => xs[i]! >= from && xs[i]! < until && !Number.isNaN(value));
    const points = inside.length;
    const level = points === 0 ? null : medianInPlace(inside);
    const change = level === null || before === null ? null : level - before;
    before = level;
    return { since: x, concentration, level, points, change };
  });
}
