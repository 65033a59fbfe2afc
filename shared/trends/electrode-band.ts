import { type ElectrodeMean, meanOfElectrodes, uniteRows } from "../electrochem/electrode-mean.ts";
import type { FileSeries } from "./trace-series.ts";

/** The mean of electrodes with its spread, and from which file and scan (of the first electrode that has one) each row is. */
export interface ElectrodeBand extends ElectrodeMean {
  readonly offsets: Float64Array;
  readonly scans: Float64Array;
}

/**
 * A mean is of the electrodes of one file, or of files that hold one electrode each; never of two files that happen to
 * have one number.
 *
 * @param electrodes all there are: those that do not count tell files apart too
 * @param seats by electrode and value, as `seatsOf` gives them
 * @param counts by place in `electrodes`
 */
export function electrodeBand(
  electrodes: readonly FileSeries[],
  seats: readonly Uint32Array[],
  counts: readonly boolean[],
): ElectrodeBand {
  const isCounted = (_: unknown, index: number) => counts[index] === true;
  const counted = electrodes.filter(isCounted);
  const united = uniteRows(counted, seats.filter(isCounted));
  const band = meanOfElectrodes(counted, united);
  const offsets = new Float64Array(band.keys.length).fill(Number.NaN);
  const scans = offsets.slice();
  counted.forEach((series, e) => {
    const rows = united.rows[e]!;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (!Number.isNaN(offsets[row]!)) continue;
      offsets[row] = series.offsets[i]!;
      scans[row] = series.scans[i]!;
    }
  });
  return { ...band, offsets, scans };
}

/** The mean as a series: what steps, drift and replicates are taken from. */
export function meanSeries({ keys, xs, mean, offsets, scans }: ElectrodeBand): FileSeries {
  return { keys, xs, values: mean, offsets, scans };
}
