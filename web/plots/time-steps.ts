/** Steps of a time axis, ms: what clocks are read in. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const TIME_STEPS_MS: readonly number[] = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28, 56, 112, 364].map((count) => count * DAY),
];

/** The smallest step that is at least `least`. */
export function timeStep(leastMs: number): number {
  return TIME_STEPS_MS.find((step) => step >= leastMs) ?? 364 * DAY;
}

/** Multiples of `step` counted from `origin` that lie inside the limits. */
export function ticksFrom(origin: number, step: number, low: number, high: number): number[] {
  const ticks: number[] = [];
  const first = Math.ceil((low - origin) / step - 1e-9);
  for (let i = first; origin + i * step <= high + step * 1e-9; i++) ticks.push(origin + i * step);
  return ticks;
}

/** The unit that an elapsed time of this span is read in. */
export function elapsedUnit(spanMs: number): { readonly symbol: string; readonly ms: number } {
  if (spanMs < 3 * MINUTE) return { symbol: "s", ms: SECOND };
  if (spanMs < 3 * HOUR) return { symbol: "min", ms: MINUTE };
  if (spanMs < 4 * DAY) return { symbol: "h", ms: HOUR };
  return { symbol: "d", ms: DAY };
}
