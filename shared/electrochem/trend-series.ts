/**
 * Trends are derived from results and never stored. A trend is three columns of one length; NaN in `values` means
 * that there is no value (no peak, excluded, no partner, a denominator of zero). Nothing here makes infinite values.
 */
export interface TrendSeries {
  /** What names a reference and pairs two series: file number, or rank (`byRank`). Ascending. */
  readonly keys: Float64Array;
  /** Hours or file number. */
  readonly xs: Float64Array;
  readonly values: Float64Array;
}

/** Two series side by side, one row for every key of either; NaN where a partner is missing. */
export interface PairedSeries {
  readonly keys: Float64Array;
  /** Those of `on`, or of `off` where `on` has none. */
  readonly xs: Float64Array;
  readonly on: Float64Array;
  readonly off: Float64Array;
}

/** Elapsed time of a file in a series without clocks: its number times the interval between files, in hours. */
export function hoursOf(fileNumber: number, secondsPerFile: number): number {
  return (fileNumber * secondsPerFile) / 3600;
}

/**
 * The same series keyed by rank, 1 for the first point: where two frequencies alternate in one numbering, the k-th
 * file of each is a pair. Points without a value count.
 */
export function byRank(series: TrendSeries): TrendSeries {
  return { ...series, keys: series.keys.map((_, index) => index + 1) };
}

/** Pairs two series by their keys. Where a key repeats, the first of it pairs with the first. */
export function pairUp(on: TrendSeries, off: TrendSeries): PairedSeries {
  const rows: { key: number; x: number; on: number; off: number }[] = [];
  let i = 0;
  let j = 0;
  while (i < on.keys.length || j < off.keys.length) {
    const onKey = on.keys[i] ?? Infinity;
    const offKey = off.keys[j] ?? Infinity;
    const hasOn = onKey <= offKey;
    const hasOff = offKey <= onKey;
    rows.push({
      key: hasOn ? onKey : offKey,
      x: (hasOn ? on.xs[i] : off.xs[j])!,
      on: hasOn ? on.values[i]! : Number.NaN,
      off: hasOff ? off.values[j]! : Number.NaN,
    });
    if (hasOn) i++;
    if (hasOff) j++;
  }
  return {
    keys: Float64Array.from(rows, (row) => row.key),
    xs: Float64Array.from(rows, (row) => row.x),
    on: Float64Array.from(rows, (row) => row.on),
    off: Float64Array.from(rows, (row) => row.off),
  };
}

/** The quotient, or NaN where there is none. */
export function quotient(numerator: number, denominator: number): number {
  const value = numerator / denominator;
  return denominator !== 0 && Number.isFinite(value) ? value : Number.NaN;
}
