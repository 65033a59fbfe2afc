import type { TrendSeries } from "../electrochem/trend-series.ts";
import { RESULT_KINDS } from "../protocol/log-tables.ts";
import type { TrendQuantity } from "../protocol/trend-params.ts";
import type { Exclusions } from "./exclusions.ts";
import { lowerBound } from "./growable-column.ts";
import { ALL_CHANGED } from "./grown-table.ts";
import type { PlacedFiles } from "./placed-files.ts";
import type { ScansInFiles } from "./scans-in-files.ts";
import type { TrendColumn, TrendResults } from "./trend-log.ts";

/**
 * A series that knows from which file each of its values comes, and from which scan of that file. Of several scans in
 * one file the first has the file's key, the others stand evenly between it and the next whole one.
 */
export interface FileSeries extends TrendSeries {
  readonly offsets: Float64Array;
  /** Counts the scans of a file from 0. */
  readonly scans: Float64Array;
}

/** The rows of a series from a key on; no copy. */
export function seriesFrom({ keys, xs, values, offsets, scans }: FileSeries, key: number): FileSeries {
  const row = lowerBound(keys, key);
  if (row === 0) return { keys, xs, values, offsets, scans };
  return {
    keys: keys.subarray(row),
    xs: xs.subarray(row),
    values: values.subarray(row),
    offsets: offsets.subarray(row),
    scans: scans.subarray(row),
  };
}

const PEAK = RESULT_KINDS.indexOf("peak");
const FITTED = RESULT_KINDS.indexOf("fitted");

const COLUMNS: Record<TrendQuantity, TrendColumn> = {
  height: "peak_height_a",
  area: "peak_area_av",
  charge: "peak_height_a",
  potential: "peak_potential_v",
  half_width: "half_width_v",
  lifetime: "lifetime_s",
  half_life: "half_life_s",
};

/** How each quantity is made, where it is not simply read from the result. */
export const CHARGE_FORMULA = "Q = height / f";
export const SWEEP_CHARGE_FORMULA = "Q = area / scan rate";

/** Unit of a quantity as it is stored. */
export const QUANTITY_UNITS: Record<TrendQuantity, string> = {
  height: "A",
  area: "A·V",
  charge: "C",
  potential: "V",
  half_width: "V",
  lifetime: "s",
  half_life: "s",
};

/**
 * One trace along its keys. A file without a peak, or that is excluded, stays in its place without a value; results
 * of older revisions are left out.
 *
 * @param from only of files with this key or a higher one, none of which stands before this offset
 */
export function traceSeries(
  results: TrendResults,
  quantity: TrendQuantity,
  { current, keys, xs, perScan }: PlacedFiles,
  exclusions: Exclusions,
  inFiles: ScansInFiles,
  from = ALL_CHANGED,
): FileSeries {
  const offsets = results.column("offset").view();
  const scans = results.column("scan").view();
  const kinds = results.column("kind").view();
  // Of a sweep the charge is measured: its area over the scan rate.
  const ofSweep = quantity === "charge" && results.id.sweep !== undefined;
  const column = results.column(ofSweep ? "charge_c" : COLUMNS[quantity]).view();
  const divisor = quantity === "charge" && !ofSweep ? (results.id.frequencyHz ?? Number.NaN) : 1;
  const first = lowerBound(offsets, from.offset);
  const rows = new Uint32Array(offsets.length - first);
  // By row from `first` on: which part of the way to the next key the row's scan stands at.
  const parts = new Float64Array(offsets.length - first);
  const keyOf = (row: number) => keys[offsets[row]!]! + parts[row - first]!;
  let count = 0;
  let nth = 0;
  let isSorted = true;
  for (let row = first; row < offsets.length; row++) {
    const offset = offsets[row]!;
    nth = row > first && offsets[row - 1] === offset ? nth + 1 : 0;
    if (nth > 0) parts[row - first] = nth / inFiles.most(offset);
    // The columns of files may be a moment older than the results; a file without a key stands nowhere.
    if (current[offset] !== 1 || !(keys[offset]! >= from.key)) continue;
    if (count > 0 && keyOf(row) < keyOf(rows[count - 1]!)) isSorted = false;
    rows[count++] = row;
  }
  const taken = rows.subarray(0, count);
  if (!isSorted) taken.sort((a, b) => keyOf(a) - keyOf(b) || a - b);
  const series = empty(count);
  for (let i = 0; i < count; i++) {
    const row = taken[i]!;
    const offset = offsets[row]!;
    series.keys[i] = keyOf(row);
    series.xs[i] = xs[offset]! + parts[row - first]! * perScan;
    series.offsets[i] = offset;
    series.scans[i] = scans[row]!;
    series.values[i] = kinds[row] === PEAK || kinds[row] === FITTED ? column[row]! / divisor : Number.NaN;
  }
  leaveOut(series, results.id.electrode, exclusions);
  return series;
}

function empty(count: number) {
  const column = () => new Float64Array(count);
  return { keys: column(), xs: column(), offsets: column(), scans: column(), values: column() };
}

function leaveOut({ offsets, values }: FileSeries, electrode: number, exclusions: Exclusions): void {
  if (exclusions.size === 0) return;
  const excluded = new Set(exclusions.offsets().filter((one) => exclusions.isExcluded(one, electrode)));
  for (let i = 0; i < offsets.length; i++) if (excluded.has(offsets[i]!)) values[i] = Number.NaN;
}
