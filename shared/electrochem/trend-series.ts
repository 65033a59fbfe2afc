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
  /** Row of each in its own series; −1 for a missing partner. */
  readonly onRows: Int32Array;
  readonly offRows: Int32Array;
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
  const most = on.keys.length + off.keys.length;
  const onRows = new Int32Array(most);
  const offRows = new Int32Array(most);
  let count = 0;
  let i = 0;
  let j = 0;
  while (i < on.keys.length || j < off.keys.length) {
    const onKey = on.keys[i] ?? Infinity;
    const offKey = off.keys[j] ?? Infinity;
    onRows[count] = onKey <= offKey ? i++ : -1;
    offRows[count++] = offKey <= onKey ? j++ : -1;
  }
  return besides(on, off, onRows.slice(0, count), offRows.slice(0, count));
}

function besides(on: TrendSeries, off: TrendSeries, onRows: Int32Array, offRows: Int32Array): PairedSeries {
  const column = () => new Float64Array(onRows.length).fill(Number.NaN);
  const pairs = { keys: column(), xs: column(), on: column(), off: column(), onRows, offRows };
  for (let row = 0; row < onRows.length; row++) {
    const onRow = onRows[row]!;
    const offRow = offRows[row]!;
    if (offRow >= 0) pairs.off[row] = off.values[offRow]!;
    if (onRow >= 0) pairs.on[row] = on.values[onRow]!;
    pairs.keys[row] = onRow >= 0 ? on.keys[onRow]! : off.keys[offRow]!;
    pairs.xs[row] = onRow >= 0 ? on.xs[onRow]! : off.xs[offRow]!;
  }
  return pairs;
}

/** The quotient, or NaN where there is none. */
export function quotient(numerator: number, denominator: number): number {
  const value = numerator / denominator;
  return denominator !== 0 && Number.isFinite(value) ? value : Number.NaN;
}
