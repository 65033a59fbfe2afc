import { pairUp } from "../../shared/electrochem/trend-series.ts";
import type { DerivedTrends, SignalPair } from "../../shared/trends/derived-trends.ts";
import type { FileSeries } from "../../shared/trends/trace-series.ts";

/** Of which frequency's rows the values are wanted. */
export type PairSide = "on" | "off";

/**
 * The values of a pair's series that stand in the rows of one of its frequencies. Each stands in one row, that of the
 * pair's later logged file (of signal-on where one file has both): only with it the value became known, so whoever
 * goes on from an offset is given every value, and once.
 *
 * @param series ratio or KDM of the electrode, a row for each pair as `pairUp` makes them
 */
export function inLaterRows(
  trends: DerivedTrends,
  pair: Extract<SignalPair, { kind: "pair" }>,
  electrode: number,
  series: FileSeries,
  side: PairSide,
): FileSeries {
  const on = trends.normalised(electrode, pair.on_hz);
  const off = trends.normalised(electrode, pair.off_hz);
  const { onRows, offRows } = pairUp(on, off);
  const [own, ownRows] = side === "on" ? [on, onRows] : [off, offRows];
  const place = (column: "offsets" | "scans") =>
    Float64Array.from(ownRows, (row) => (row < 0 ? Number.NaN : (own[column][row] ?? Number.NaN)));
  const values = series.values.map((value, row) => {
    const onOffset = on.offsets[onRows[row] ?? -1] ?? Number.NaN;
    const offOffset = off.offsets[offRows[row] ?? -1] ?? Number.NaN;
    const later: PairSide = offOffset > onOffset ? "off" : "on";
    return later === side ? value : Number.NaN;
  });
  return { ...series, offsets: place("offsets"), scans: place("scans"), values };
}
