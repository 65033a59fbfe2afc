import { hoursOf } from "../../shared/electrochem/trend-series.ts";
import type { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import { type ElectrodeBand, electrodeBand } from "../../shared/trends/electrode-band.ts";
import type { FileSeries } from "../../shared/trends/trace-series.ts";

const MS_PER_HOUR = 3_600_000;
/** The desktop program shows µA. */
const MICRO = 1e6;

/** One column: its heading, and its value at a key. */
interface SacmesColumn {
  readonly heading: string;
  readonly at: (key: number) => number;
}

/**
 * The continuous scan as the SACMES desktop program exports it (SACMES.md §7.1), by column position: peaks, their
 * means, normalised values, their means and spreads, ratio, KDM. What it writes only for several electrodes or
 * frequencies is written only then. The signal-off frequency is shown corrected wherever it is normalised. Headings
 * of files that tell no frequency have none.
 */
export function continuousColumns(trends: DerivedTrends): SacmesColumn[] {
  const { frequencies, traced, electrodes, params, pair } = trends;
  const quantity = params.quantity === "area" ? "AUC" : "PeakHeight";
  const several = electrodes.length > 1;
  const normalised = (electrode: number, f: number | null) =>
    pair.kind === "pair" && pair.off_hz === f
      ? trends.corrected(electrode, f)
      : trends.normalised(electrode, f);
  const bandOf = (series: (electrode: number) => FileSeries) => electrodeBand(trends.counted.map(series));
  const all = <T>(of: (f: number | null) => readonly T[]): T[] => traced.flatMap(of);
  const columns = [
    ...all((f) =>
      electrodes.map((e) => seriesColumn(`${quantity}_E${e}${inHz(f)}`, trends.value(e, f), MICRO)),
    ),
    ...all((f) => (several ? [meanColumn(`Avg_${quantity}${inHz(f)}`, trends.band("value", f), MICRO)] : [])),
    ...all((f) => electrodes.map((e) => seriesColumn(`Norm_E${e}${inHz(f)}`, normalised(e, f)))),
  ];
  if (several) {
    const bands = new Map(traced.map((f) => [f, bandOf((e) => normalised(e, f))]));
    for (const [f, band] of bands) columns.push(meanColumn(`Average_Norm${inHz(f)}`, band));
    for (const [f, band] of bands) columns.push(spreadColumn(`SD_Norm${inHz(f)}`, band));
  }
  if (frequencies.length < 2) return columns;
  columns.push(...electrodes.map((e) => seriesColumn(`NormalizedRatio_E${e}`, trends.ratio(e))));
  if (several) {
    const band = trends.band("ratio", null);
    columns.push(meanColumn("NormalizedRatioAvg", band), spreadColumn("NormalizedRatioSTD", band));
  }
  columns.push(...electrodes.map((e) => seriesColumn(`KDM_E${e}`, trends.kdm(e))));
  if (several) {
    const band = trends.band("kdm", null);
    columns.push(meanColumn("AvgKDM", band), spreadColumn("KDM_STD", band));
  }
  return columns;
}

function inHz(frequency: number | null): string {
  return frequency === null ? "" : `_${frequency}Hz`;
}

interface ContinuousRow {
  readonly key: number;
  readonly hours: number;
  /** The earliest file of the row. */
  readonly offset: number;
}

/** Numbers of the rows, ascending, each with its time in hours: by number where an interval is set, else by clock. */
export function continuousRows(trends: DerivedTrends): ContinuousRow[] {
  const { electrodes, traced, params, placed } = trends;
  const offsets = new Map<number, number>();
  for (const electrode of electrodes)
    for (const frequency of traced) {
      const series = trends.value(electrode, frequency);
      series.keys.forEach((key, index) => {
        const offset = series.offsets[index] ?? 0;
        const known = offsets.get(key) ?? offset;
        const isEarlier = (placed.timesMs[offset] ?? 0) < (placed.timesMs[known] ?? 0);
        offsets.set(key, isEarlier ? offset : known);
      });
    }
  const { seconds_per_file } = params;
  const firstMs = [...offsets.values()].reduce(
    (first, offset) => Math.min(first, placed.timesMs[offset] ?? first),
    Number.POSITIVE_INFINITY,
  );
  const hours = (key: number, offset: number) =>
    seconds_per_file === null
      ? ((placed.timesMs[offset] ?? Number.NaN) - firstMs) / MS_PER_HOUR
      : hoursOf(key, seconds_per_file);
  const sorted = [...offsets].sort(([a], [b]) => a - b);
  return sorted.map(([key, offset]) => ({ key, offset, hours: hours(key, offset) }));
}

function seriesColumn(heading: string, { keys, values }: FileSeries, scale = 1): SacmesColumn {
  return column(heading, keys, values, scale);
}

function meanColumn(heading: string, { keys, mean }: ElectrodeBand, scale = 1): SacmesColumn {
  return column(heading, keys, mean, scale);
}

function spreadColumn(heading: string, { keys, sd }: ElectrodeBand): SacmesColumn {
  return column(heading, keys, sd, 1);
}

function column(heading: string, keys: Float64Array, values: Float64Array, scale: number): SacmesColumn {
  const byKey = new Map<number, number>();
  keys.forEach((key, index) => {
    // Where a number repeats, the first of it counts, as in pairs.
    if (!byKey.has(key)) byKey.set(key, (values[index] ?? Number.NaN) * scale);
  });
  return { heading, at: (key) => byKey.get(key) ?? Number.NaN };
}
