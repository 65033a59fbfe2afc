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
  /** Sample standard deviation; NaN for fewer than two values. */
  readonly sd: number;
  /** Sample standard deviation / √n; NaN for fewer than two values. */
  readonly standardError: number;
}

/**
 * Consecutive groups of `size` files; an incomplete last group is left out, because its mean would change with
 * every file that arrives. A number without a file, because that could not be read, keeps its place in its group.
 */
export function replicateGroups({ keys, xs, values }: TrendSeries, size: number): ReplicateGroup[] {
  const places = placesOf(keys);
  const last = places.at(-1) ?? -1;
  const groups: ReplicateGroup[] = [];
  let from = 0;
  for (let end = size; end <= last + 1; end += size) {
    let to = from;
    while (to < places.length && places[to]! < end) to++;
    if (to > from) {
      const { n, mean, sd } = sampleStatistics([...values.subarray(from, to)]);
      const x = sampleStatistics([...xs.subarray(from, to)]).mean;
      groups.push({ x, n, mean, sd, standardError: sd / Math.sqrt(n) });
    }
    from = to;
  }
  return groups;
}

/** Which place of the numbering each file has, from 0. Where numbers are not evenly spaced there are no holes to see. */
function placesOf(keys: Float64Array): Float64Array {
  const rows = Float64Array.from(keys, (_, row) => row);
  const steps = Float64Array.from(keys.subarray(1), (key, row) => key - keys[row]!);
  const step = steps.slice().sort()[(steps.length - 1) >> 1] ?? 0;
  const isEven =
    step > 0 && steps.every((one) => one > 0 && Math.abs(one / step - Math.round(one / step)) < 1e-9);
  return isEven ? rows.map((row) => Math.round((keys[row]! - keys[0]!) / step)) : rows;
}
