import { RESULT_FLAGS, type ResultFlag } from "../../shared/protocol/log-tables.ts";
import { fixed, siScale, siText, withUnit } from "../words/si.ts";
import { kindOf, type TraceRow } from "./trace.ts";

const FLAG_WORDS: Record<ResultFlag, string> = {
  "quality-warning": "the fit is doubtful",
  "quality-fail": "the fit is poor",
  "near-window-edge": "near the edge of the window",
  "half-width-missing": "one side does not come down to half",
  "instrument-peak-differs": "the instrument found its peak elsewhere",
  "near-turning-point": "close to where the sweep turns",
  "tangent-in-decay": "the baseline rests on the decay of the forward wave",
};

/** What is to be said of a result besides its numbers. */
export function flagWords(row: TraceRow): string[] {
  const names = Object.entries(RESULT_FLAGS).filter(([, bit]) => (row.flags & bit) !== 0);
  return names.map(([name]) => FLAG_WORDS[name as ResultFlag]); // keys of that very table
}

/** Why a scan has no peak. */
export function noPeakWords(row: TraceRow): string {
  switch (kindOf(row)) {
    case "below-noise":
      return `no peak above the noise (signal to noise ${fixed(row.snr, 1)})`;
    case "too-few-points":
      return "no peak: too few points";
    case "no-maximum":
      return "no peak in the window";
    case "no-tangent":
      return "no peak: no flat part for the baseline";
    case "no-baseline":
      return "no peak: no baseline can be laid";
    case "raw-gone":
      return "not analysed: the file is no longer kept";
    case "no-decay":
      return "no decay that bends beyond the noise";
    case "fitted":
      return "decay fitted";
    case "peak":
      return "peak";
  }
}

/** One result in a sentence: `0.412 µA at −0.281 V`. */
export function peakWords(row: TraceRow | null): string {
  if (row === null) return "no result";
  if (kindOf(row) === "fitted") return decayWords(row);
  if (kindOf(row) !== "peak") return noPeakWords(row);
  const height = siText(row.peak_height_a, "A", siScale(row.peak_height_a));
  return `${height} at ${withUnit(row.peak_potential_v, 3, "V")}`;
}

/** What was found in one curve: its peak, or the peaks of all its segments. */
export function curveWords({ results }: { readonly results: readonly TraceRow[] }): string {
  const [first = null] = results;
  if (results.length < 2) return peakWords(first);
  const peaks = results.filter((row) => kindOf(row) === "peak");
  return peaks.length === 0 ? "no peak" : peaks.map(peakWords).join(", ");
}

function decayWords({ lifetime_s = Number.NaN, half_life_s = Number.NaN }: TraceRow): string {
  const time = (value: number) => siText(value, "s", siScale(value));
  return `lifetime ${time(lifetime_s)}, half-life ${time(half_life_s)}`;
}
