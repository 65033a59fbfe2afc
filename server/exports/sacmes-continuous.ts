import { setImmediate as nextTurn } from "node:timers/promises";
import { sampleStatistics } from "../../shared/electrochem/sample-statistics.ts";
import type { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import type { FileSeries } from "../../shared/trends/trace-series.ts";
import { type ContinuousRow, ContinuousRows } from "./sacmes-rows.ts";

/** The desktop program shows µA. */
const MICRO = 1e6;
/** Rows whose mean is taken before the hub does other work. */
const ROWS_A_TURN = 4_000;

/** One column: its heading, and its values by row, to be multiplied with its scale; NaN where there is none. */
interface SacmesColumn {
  readonly heading: string;
  readonly values: Float64Array;
  readonly scale: number;
}

export interface SacmesTable {
  readonly rows: readonly ContinuousRow[];
  readonly columns: readonly SacmesColumn[];
}

/** Spread and mean across electrodes, by row. */
type Band = Readonly<Record<"mean" | "sd", Float64Array>>;

/**
 * The continuous scan as the SACMES desktop program exports it (SACMES.md §7.1), by column position: peaks, their
 * means, normalised values, their means and spreads, ratio, KDM. What it writes only for several electrodes or
 * frequencies is written only then. The signal-off frequency is shown corrected wherever it is normalised. Headings
 * of files that tell no frequency have none. Other work has its turn between the columns.
 */
export async function continuousTable(trends: DerivedTrends): Promise<SacmesTable> {
  const { frequencies, traced, electrodes, params, pair } = trends;
  const quantity = params.quantity === "area" ? "AUC" : "PeakHeight";
  const several = electrodes.length > 1;
  const rows = await ContinuousRows.of(trends);
  const shown = (e: number, f: number | null) =>
    pair.kind === "pair" && pair.off_hz === f ? trends.corrected(e, f) : trends.normalised(e, f);
  const peaks = new Map<number | null, ElectrodeColumns>();
  const normalised = new Map<number | null, ElectrodeColumns>();
  for (const f of traced) {
    peaks.set(f, await columnsOf(rows, trends, (e) => trends.value(e, f), [f]));
    normalised.set(f, await columnsOf(rows, trends, (e) => shown(e, f), [f]));
  }
  const columns: SacmesColumn[] = [];
  const add = (heading: string, values: Float64Array, scale = 1) => columns.push({ heading, values, scale });
  const addEach = (name: string, ofElectrodes: ElectrodeColumns, ending = "", scale = 1) => {
    for (const [e, values] of ofElectrodes.each) add(`${name}_E${e}${ending}`, values, scale);
  };
  for (const [f, own] of peaks) addEach(quantity, own, inHz(f), MICRO);
  if (several) for (const [f, { band }] of peaks) add(`Avg_${quantity}${inHz(f)}`, band.mean, MICRO);
  for (const [f, own] of normalised) addEach("Norm", own, inHz(f));
  if (several) for (const [f, { band }] of normalised) add(`Average_Norm${inHz(f)}`, band.mean);
  if (several) for (const [f, { band }] of normalised) add(`SD_Norm${inHz(f)}`, band.sd);
  if (frequencies.length < 2) return { rows: rows.inOrder, columns };
  const signals = pair.kind === "pair" ? [pair.on_hz, pair.off_hz] : [];
  const ratio = await columnsOf(rows, trends, (e) => trends.ratio(e), signals);
  const kdm = await columnsOf(rows, trends, (e) => trends.kdm(e), signals);
  addEach("NormalizedRatio", ratio);
  if (several) add("NormalizedRatioAvg", ratio.band.mean);
  if (several) add("NormalizedRatioSTD", ratio.band.sd);
  addEach("KDM", kdm);
  if (several) add("AvgKDM", kdm.band.mean);
  if (several) add("KDM_STD", kdm.band.sd);
  return { rows: rows.inOrder, columns };
}

interface ElectrodeColumns {
  readonly each: ReadonlyMap<number, Float64Array>;
  /** Over the electrodes that count. */
  readonly band: Band;
}

/** @param frequencies whose files the values of the series come from */
async function columnsOf(
  rows: ContinuousRows,
  { electrodes, counted }: DerivedTrends,
  series: (electrode: number) => FileSeries,
  frequencies: readonly (number | null)[],
): Promise<ElectrodeColumns> {
  const each = new Map<number, Float64Array>();
  for (const e of electrodes) {
    each.set(e, rows.column(series(e), frequencies));
    await nextTurn();
  }
  const own = counted.flatMap((e) => each.get(e) ?? []);
  const band = { mean: rows.emptyColumn(), sd: rows.emptyColumn() };
  for (const row of rows.inOrder.keys()) {
    const { mean, sd } = sampleStatistics(own.map((values) => values[row] ?? Number.NaN));
    band.mean[row] = mean;
    band.sd[row] = sd;
    if (row % ROWS_A_TURN === ROWS_A_TURN - 1) await nextTurn();
  }
  return { each, band };
}

function inHz(frequency: number | null): string {
  return frequency === null ? "" : `_${frequency}Hz`;
}
