import { type ElectrodeMean, meanOfElectrodes } from "../electrochem/electrode-mean.ts";
import type { FileSeries } from "./trace-series.ts";

/** The mean of electrodes with its spread, and from which file and scan (of the first electrode that has one) each row is. */
export interface ElectrodeBand extends ElectrodeMean {
  readonly offsets: Float64Array;
  readonly scans: Float64Array;
}

export function electrodeBand(electrodes: readonly FileSeries[]): ElectrodeBand {
  const band = meanOfElectrodes(electrodes);
  const offsets = new Float64Array(band.keys.length).fill(Number.NaN);
  const scans = offsets.slice();
  for (const series of electrodes) {
    let at = 0;
    for (let i = 0; i < series.keys.length; i++) {
      while (at < band.keys.length && band.keys[at]! < series.keys[i]!) at++;
      if (!Number.isNaN(offsets[at]!)) continue;
      offsets[at] = series.offsets[i]!;
      scans[at] = series.scans[i]!;
    }
  }
  return { ...band, offsets, scans };
}

/** The mean as a series: what steps, drift and replicates are taken from. */
export function meanSeries({ keys, xs, mean, offsets, scans }: ElectrodeBand): FileSeries {
  return { keys, xs, values: mean, offsets, scans };
}
