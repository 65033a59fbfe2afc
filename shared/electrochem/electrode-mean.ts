import { sampleStatistics } from "./sample-statistics.ts";
import type { TrendSeries } from "./trend-series.ts";

/** Mean of several electrodes, with its spread; one row for every key that any of them has. */
export interface ElectrodeMean {
  readonly keys: Float64Array;
  /** Of the first electrode that has the key. */
  readonly xs: Float64Array;
  readonly mean: Float64Array;
  /** Sample standard deviation across electrodes. */
  readonly sd: Float64Array;
  /** Electrodes that have a value there. */
  readonly n: Float64Array;
}

/** Electrodes measured together, key by key. A missing value counts as missing, never as zero. */
export function meanOfElectrodes(electrodes: readonly TrendSeries[]): ElectrodeMean {
  const rows = new Map<number, { readonly x: number; readonly values: number[] }>();
  for (const { keys, xs, values } of electrodes) {
    for (let i = 0; i < keys.length; i++) {
      const row = rows.get(keys[i]!);
      if (row === undefined) rows.set(keys[i]!, { x: xs[i]!, values: [values[i]!] });
      else row.values.push(values[i]!);
    }
  }
  const sorted = [...rows].sort(([a], [b]) => a - b);
  const statistics = sorted.map(([, { values }]) => sampleStatistics(values));
  return {
    keys: Float64Array.from(sorted, ([key]) => key),
    xs: Float64Array.from(sorted, ([, { x }]) => x),
    mean: Float64Array.from(statistics, ({ mean }) => mean),
    sd: Float64Array.from(statistics, ({ sd }) => sd),
    n: Float64Array.from(statistics, ({ n }) => n),
  };
}
