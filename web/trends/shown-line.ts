import type { FileSeries } from "../../shared/trends/trace-series.ts";
import type { TraceLook } from "../plots/trace-look.ts";

/** One line of the trend plot: columns of one length, ascending along the shown axis; NaN is a gap. */
export interface PlotLine {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  /** The file behind each point. */
  readonly offsets: Float64Array;
  /** What pairs points of several lines: file number or rank. */
  readonly keys: Float64Array;
}

export interface ShownLine {
  /** The same as long as it is the same line, whatever its data. */
  readonly id: string;
  readonly name: string;
  readonly look: TraceLook;
  readonly line: PlotLine;
  /** Mean ± sample SD across electrodes; NaN where there is no spread. */
  readonly band: { readonly low: Float64Array; readonly high: Float64Array } | null;
  /** Means of replicate groups with their standard error, along the shown axis. */
  readonly groups: readonly { readonly x: number; readonly mean: number; readonly error: number }[];
  /** The series behind it, along the axis of the trend settings. */
  readonly series: FileSeries;
}

/**
 * Where the points of a series stand on the shown axis: the scans of one file one behind the other, up to the next
 * number or, on a clock, within a millisecond.
 */
export function placesOf({ offsets, keys }: FileSeries, shownXs: Float64Array): Float64Array {
  return offsets.map((offset, index) => (shownXs[offset] ?? Number.NaN) + ((keys[index] ?? 0) % 1));
}

/** Puts a series onto the shown axis; files that swapped places along it are sorted. */
export function plotLine(series: FileSeries, shownXs: Float64Array): PlotLine {
  const { offsets, values: ys, keys } = series;
  const xs = placesOf(series, shownXs);
  const line = { xs, ys, offsets, keys };
  const order = sortedOrder(xs);
  return order === null ? line : reordered(line, order);
}

/** How to sort columns by x; null where they are sorted. */
export function sortedOrder(xs: Float64Array): Uint32Array | null {
  let sorted = true;
  for (let i = 1; i < xs.length && sorted; i++) sorted = (xs[i - 1] ?? 0) <= (xs[i] ?? 0);
  if (sorted) return null;
  return Uint32Array.from(xs.keys()).sort((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0) || a - b);
}

function reordered(line: PlotLine, order: Uint32Array): PlotLine {
  const by = (column: Float64Array): Float64Array =>
    Float64Array.from(order, (index) => column[index] ?? Number.NaN);
  return { xs: by(line.xs), ys: by(line.ys), offsets: by(line.offsets), keys: by(line.keys) };
}

/** Lowest and highest value between two positions; null when there is none. */
export function lineRange(
  { xs, ys }: Pick<PlotLine, "xs" | "ys">,
  low = Number.NEGATIVE_INFINITY,
  high = Number.POSITIVE_INFINITY,
): readonly [number, number] | null {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = lowerBound(xs, low); i < xs.length && (xs[i] ?? 0) <= high; i++) {
    const value = ys[i] ?? Number.NaN;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most ? [least, most] : null;
}

/** First index whose value is not below `value`, in an ascending column. */
export function lowerBound(column: Float64Array, value: number): number {
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
