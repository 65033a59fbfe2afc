import type { TrendSeries } from "./trend-series.ts";

/** Mean of several electrodes, with its spread, row by row (`UnitedRows`). */
export interface ElectrodeMean {
  readonly keys: Float64Array;
  /** Of the first electrode that has the row. */
  readonly xs: Float64Array;
  readonly mean: Float64Array;
  /** Sample standard deviation across electrodes. */
  readonly sd: Float64Array;
  /** Electrodes that have a value there. */
  readonly n: Float64Array;
}

/** Several series side by side. */
export interface UnitedRows {
  /** One for each row, ascending; twice where a number stands in two rows. */
  readonly keys: Float64Array;
  /** By series: the row of each of its values. */
  readonly rows: readonly Uint32Array[];
}

/**
 * The rows that several series have together, by key.
 *
 * @param seats by series and value, which row of its key it belongs to, from 0; of each key one row where nothing is said
 */
export function uniteRows(
  electrodes: readonly TrendSeries[],
  seats: readonly Uint32Array[] = electrodes.map(({ keys }) => new Uint32Array(keys.length)),
): UnitedRows {
  const most = electrodes.reduce((sum, { keys }) => sum + keys.length, 0);
  const rows = electrodes.map(({ keys }) => new Uint32Array(keys.length));
  const united = new Float64Array(most);
  const at = new Uint32Array(electrodes.length);
  let count = 0;
  for (let key = lowestAt(electrodes, at); key < Infinity; key = lowestAt(electrodes, at)) {
    const used: number[] = [];
    eachOf(electrodes, key, at, (e, i) => {
      const seat = seats[e]![i]!;
      if (!used.includes(seat)) used.push(seat);
    });
    if (used.length > 1) used.sort((a, b) => a - b);
    eachOf(electrodes, key, at, (e, i) => {
      rows[e]![i] = count + used.indexOf(seats[e]![i]!);
      at[e] = i + 1;
    });
    for (const _ of used) united[count++] = key;
  }
  return { keys: united.slice(0, count), rows };
}

function lowestAt(electrodes: readonly TrendSeries[], at: Uint32Array): number {
  let lowest = Infinity;
  for (let e = 0; e < electrodes.length; e++)
    lowest = Math.min(lowest, electrodes[e]!.keys[at[e]!] ?? Infinity);
  return lowest;
}

/** Every value with that key, which is the next of each series that has it. */
function eachOf(
  electrodes: readonly TrendSeries[],
  key: number,
  at: Uint32Array,
  take: (electrode: number, place: number) => void,
): void {
  for (let e = 0; e < electrodes.length; e++) {
    const { keys } = electrodes[e]!;
    for (let i = at[e]!; keys[i] === key; i++) take(e, i);
  }
}

/** Electrodes measured together, row by row. A missing value counts as missing, never as zero. */
export function meanOfElectrodes(
  electrodes: readonly TrendSeries[],
  { keys, rows }: UnitedRows = uniteRows(electrodes),
): ElectrodeMean {
  const column = () => new Float64Array(keys.length);
  const [sum, squares, n] = [column(), column(), column()];
  const xs = column().fill(Number.NaN);
  eachValue(electrodes, rows, (row, value, x) => {
    if (Number.isNaN(xs[row]!)) xs[row] = x;
    if (Number.isNaN(value)) return;
    sum[row]! += value;
    n[row]! += 1;
  });
  const mean = sum.map((total, row) => total / n[row]!);
  // Squared distances from the mean in a second pass: a sum of squares would lose the digits of a small spread.
  eachValue(electrodes, rows, (row, value) => {
    if (!Number.isNaN(value)) squares[row]! += (value - mean[row]!) ** 2;
  });
  const sd = squares.map((total, row) => (n[row]! < 2 ? Number.NaN : Math.sqrt(total / (n[row]! - 1))));
  return { keys, xs, mean, sd, n };
}

function eachValue(
  electrodes: readonly TrendSeries[],
  rows: readonly Uint32Array[],
  take: (row: number, value: number, x: number) => void,
): void {
  electrodes.forEach(({ xs, values }, e) => {
    const own = rows[e]!;
    for (let i = 0; i < own.length; i++) take(own[i]!, values[i]!, xs[i]!);
  });
}
