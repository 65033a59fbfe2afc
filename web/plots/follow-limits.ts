import { type Limits, roundStep } from "./stepped-limits.ts";

/** Steps across the whole run. */
const STEPS = 8;
/** Space before the first point, as a part of the whole. */
const BEFORE = 0.02;
/** Space after the last point at least. */
const AFTER = 0.01;

/**
 * Limits for the whole run: from the first point to a round distance after the last, so that the plot moves only
 * every so many points.
 *
 * @param least smallest span that makes sense on this axis
 */
export function followLimits(first: number, last: number, least: number): Limits {
  const span = Math.max(last - first, least);
  const step = roundStep(span / STEPS);
  const length = Math.ceil((span * (1 + AFTER)) / step - 1e-9) * step;
  return [first - BEFORE * length, first + length];
}

/** Limits scaled around a value; never beyond `whole` on both sides. */
export function zoomLimits(
  [low, high]: Limits,
  around: number,
  factor: number,
  whole: Limits,
): Limits | null {
  const scaled: Limits = [around - (around - low) * factor, around + (high - around) * factor];
  const inside: Limits = [Math.max(scaled[0], whole[0]), Math.min(scaled[1], whole[1])];
  return inside[0] <= whole[0] && inside[1] >= whole[1] ? null : inside;
}
