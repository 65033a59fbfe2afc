import { quotient, type TrendSeries } from "./trend-series.ts";

/** Keys (file numbers or ranks) from … to, both included with all scans of their files; one file where they are equal. */
export interface TrendReference {
  readonly from: number;
  readonly to: number;
}

export const NORMALISED_FORMULA = "N = D / D[reference]";
export const LOW_CORRECTION_FORMULA = "L′ = N + slope · x + offset";

/** Mean of the values in the reference; NaN where it has none. */
export function referenceValue({ keys, values }: TrendSeries, { from, to }: TrendReference): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < keys.length && !(keys[i]! >= Math.floor(to) + 1); i++) {
    if (!(keys[i]! >= from) || Number.isNaN(values[i]!)) continue;
    sum += values[i]!;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** Shares of the reference, 1 = 100 %. A missing or zero reference leaves no values: never 1. */
export function normalise(series: TrendSeries, reference: TrendReference): TrendSeries {
  return sharesOf(series, referenceValue(series, reference));
}

/** Shares of a divisor; a missing or zero one leaves no values. */
export function sharesOf(series: TrendSeries, divisor: number): TrendSeries {
  return { ...series, values: series.values.map((value) => quotient(value, divisor)) };
}

/** Correction of the normalised low frequency; `slope` per unit of x (hour or file number). */
export function correctLow(normalised: TrendSeries, slope: number, offset: number): TrendSeries {
  const { xs, values } = normalised;
  return { ...normalised, values: values.map((value, i) => value + slope * xs[i]! + offset) };
}
