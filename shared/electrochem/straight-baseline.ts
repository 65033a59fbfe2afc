import type { PotentialAndCurrent } from "./hull-outcome.ts";

/** A straight baseline for a plot: its current at every potential from its left to its right end, NaN elsewhere. */
export function straightBaseline(
  potentials_v: Float64Array,
  [left_v, left_a]: PotentialAndCurrent,
  [right_v, right_a]: PotentialAndCurrent,
): Float64Array {
  const slope = (right_a - left_a) / (right_v - left_v);
  return potentials_v.map((potential) =>
    potential >= left_v && potential <= right_v ? left_a + slope * (potential - left_v) : Number.NaN,
  );
}
