/** Mean and spread of those values that are there. */
export interface SampleStatistics {
  /** Values that are not NaN. */
  readonly n: number;
  /** NaN for n = 0. */
  readonly mean: number;
  /** Sample standard deviation (n − 1); NaN for n < 2: one value has no spread, which is not a spread of 0. */
  readonly sd: number;
}

export function sampleStatistics(values: readonly number[]): SampleStatistics {
  const present = values.filter((value) => !Number.isNaN(value));
  const n = present.length;
  const mean = n === 0 ? Number.NaN : present.reduce((sum, value) => sum + value, 0) / n;
  const squares = present.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, sd: n < 2 ? Number.NaN : Math.sqrt(squares / (n - 1)) };
}
