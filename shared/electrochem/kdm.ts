import { type PairedSeries, quotient, type TrendSeries } from "./trend-series.ts";

/**
 * Kinetic differential measurement: two frequencies of one electrode, whose common drift cancels. KDM has no single
 * meaning, so the method goes with every number, and its formula on every plot and into every export. `H`: the
 * normalised signal-on value; `L′`: the normalised and corrected signal-off value.
 */
export const KDM_FORMULAS = {
  /** The SACMES desktop program. */
  sacmes: "KDM = H − L′ + 1",
  /** The sensor literature. */
  "difference-over-mean": "KDM = (H − L′) / ((H + L′) / 2)",
} as const;
export type KdmMethod = keyof typeof KDM_FORMULAS;

export const RATIO_FORMULA = "R = H / L′";

/** KDM of each pair, as a fraction; NaN for a missing partner or a zero denominator. */
export function kdm(pairs: PairedSeries, method: KdmMethod): TrendSeries {
  return combine(pairs, method === "sacmes" ? (on, off) => on - off + 1 : differenceOverMean);
}

/** H / L′ of each pair, as a fraction; NaN for a missing partner or a zero denominator. */
export function ratio(pairs: PairedSeries): TrendSeries {
  return combine(pairs, quotient);
}

/**
 * Which frequencies to start from: signal on at the highest, signal off at the lowest. Which one responds depends
 * on the sensor, so the user chooses. Null with fewer than two.
 */
export function defaultSignalFrequencies(
  frequencies_hz: readonly number[],
): { readonly on_hz: number; readonly off_hz: number } | null {
  const on_hz = Math.max(...frequencies_hz);
  const off_hz = Math.min(...frequencies_hz);
  return on_hz > off_hz ? { on_hz, off_hz } : null;
}

function combine({ keys, xs, on, off }: PairedSeries, of: (on: number, off: number) => number): TrendSeries {
  return { keys, xs, values: on.map((value, i) => of(value, off[i]!)) };
}

function differenceOverMean(on: number, off: number): number {
  return quotient(on - off, (on + off) / 2);
}
