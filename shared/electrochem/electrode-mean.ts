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
  const keys = unitedKeys(electrodes);
  const column = () => new Float64Array(keys.length);
  const [sum, squares, n] = [column(), column(), column()];
  const xs = column().fill(Number.NaN);
  eachValue(electrodes, keys, (row, value, x) => {
    if (Number.isNaN(xs[row]!)) xs[row] = x;
    if (Number.isNaN(value)) return;
    sum[row]! += value;
    n[row]! += 1;
  });
  const mean = sum.map((total, row) => total / n[row]!);
  // Squared distances from the mean in a second pass: a sum of squares would lose the digits of a small spread.
  eachValue(electrodes, keys, (row, value) => {
    if (!Number.isNaN(value)) squares[row]! += (value - mean[row]!) ** 2;
  });
  const sd = squares.map((total, row) => (n[row]! < 2 ? Number.NaN : Math.sqrt(total / (n[row]! - 1))));
  return { keys, xs, mean, sd, n };
}

/** Every key that any series has, once, ascending. */
function unitedKeys(electrodes: readonly TrendSeries[]): Float64Array {
  return electrodes.reduce<Float64Array>((united, { keys }) => unite(united, keys), new Float64Array());
}

function unite(a: Float64Array, b: Float64Array): Float64Array {
  const united = new Float64Array(a.length + b.length);
  let count = 0;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const key = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (i < a.length && a[i]! <= key) i++;
    while (j < b.length && b[j]! <= key) j++;
    united[count++] = key;
  }
  return united.slice(0, count);
}

function eachValue(
  electrodes: readonly TrendSeries[],
  united: Float64Array,
  take: (row: number, value: number, x: number) => void,
): void {
  for (const { keys, xs, values } of electrodes) {
    let row = 0;
    for (let i = 0; i < keys.length; i++) {
      while (united[row]! < keys[i]!) row++;
      take(row, values[i]!, xs[i]!);
    }
  }
}
