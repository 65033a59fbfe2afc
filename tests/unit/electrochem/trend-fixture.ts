import type { TrendSeries } from "../../../shared/electrochem/trend-series.ts";

/** A series of (file number, value); x is the file number unless told; null = no value. */
export function series(
  points: readonly (readonly [key: number, value: number | null, x?: number])[],
): TrendSeries {
  return {
    keys: Float64Array.from(points, ([key]) => key),
    xs: Float64Array.from(points, ([key, , x]) => x ?? key),
    values: Float64Array.from(points, ([, value]) => value ?? Number.NaN),
  };
}

/** Values as people write them: null for none. */
export function listed(values: Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
}
