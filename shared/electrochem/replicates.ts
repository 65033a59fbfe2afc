import { sampleStatistics } from "./sample-statistics.ts";
import type { TrendSeries } from "./trend-series.ts";

/** Files measured one after the other as repeats of one point. */
export interface ReplicateGroup {
  /** Mean of all of its files. */
  readonly x: number;
  /** Files with a value. */
  readonly n: number;
  /** NaN without any. */
  readonly mean: number;
  /** Sample standard deviation / √n; NaN for fewer than two values. */
  readonly standardError: number;
}

/**
 * Consecutive groups of `size` files; an incomplete last group is left out, because its mean would change with
 * every file that arrives.
 */
export function replicateGroups({ xs, values }: TrendSeries, size: number): ReplicateGroup[] {
  return Array.from({ length: Math.floor(values.length / size) }, (_, group) => {
    const from = group * size;
    const { n, mean, sd } = sampleStatistics([...values.subarray(from, from + size)]);
    const x = sampleStatistics([...xs.subarray(from, from + size)]).mean;
    return { x, n, mean, standardError: sd / Math.sqrt(n) };
  });
}
