export type Direction = "rising" | "falling" | "steady";

/** Points of each of the two groups that are compared. */
const GROUP = 5;
/** A change counts when it is this many times the scatter inside the groups. */
const CLEAR = 1.5;
/** And at least this part of the value: a perfectly quiet signal does not tremble. */
const LEAST = 0.005;

/**
 * Where a signal is going: the median of the latest five peaks against the five before. Gaps are left out.
 * Null until there are enough.
 */
export function direction(values: Float64Array): Direction | null {
  const latest: number[] = [];
  for (let i = values.length - 1; i >= 0 && latest.length < 2 * GROUP; i--) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) latest.push(value);
  }
  if (latest.length < 2 * GROUP) return null;
  const now = summary(latest.slice(0, GROUP));
  const before = summary(latest.slice(GROUP));
  const change = now.median - before.median;
  const threshold = Math.max(CLEAR * Math.max(now.scatter, before.scatter), LEAST * Math.abs(before.median));
  if (Math.abs(change) <= threshold) return "steady";
  return change > 0 ? "rising" : "falling";
}

/** Median, and median distance from it. */
function summary(values: readonly number[]): { median: number; scatter: number } {
  const median = middle(values);
  return { median, scatter: middle(values.map((value) => Math.abs(value - median))) };
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
