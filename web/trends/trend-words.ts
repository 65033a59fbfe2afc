import { KDM_FORMULAS, RATIO_FORMULA } from "../../shared/electrochem/kdm.ts";
import { LOW_CORRECTION_FORMULA, NORMALISED_FORMULA } from "../../shared/electrochem/normalise.ts";
import type { TrendParams, TrendQuantity, TrendSignal } from "../../shared/protocol/trend-params.ts";
import type { MissingSignal } from "../../shared/protocol/trend-summary.ts";
import type { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import { missingSignal } from "../../shared/trends/missing-signal.ts";
import { CHARGE_FORMULA, SWEEP_CHARGE_FORMULA } from "../../shared/trends/trace-series.ts";
import { fixed } from "../words/si.ts";

export const QUANTITY_WORDS: Record<TrendQuantity, string> = {
  height: "Peak height",
  area: "Peak area",
  charge: "Charge",
  potential: "Peak potential",
  half_width: "Half width",
  lifetime: "Lifetime",
  half_life: "Half-life",
};

export const SIGNAL_WORDS: Record<TrendSignal, string> = {
  value: "Peak",
  normalised: "Normalised",
  ratio: "Ratio",
  kdm: "KDM",
};

/** How the shown numbers are made, as it stands beside them. */
export function formulaWords(signal: TrendSignal, { params, pair, ofSweeps }: DerivedTrends): string | null {
  const key = params.pairing === "rank" ? "scan" : "file";
  const { reference } = params;
  const at =
    reference === null
      ? ""
      : reference.from === reference.to
        ? `, reference: ${key} ${reference.from}`
        : `, reference: mean of ${key}s ${reference.from} to ${reference.to}`;
  const charge = ofSweeps ? SWEEP_CHARGE_FORMULA : CHARGE_FORMULA;
  if (signal === "value") return params.quantity === "charge" ? charge : null;
  if (signal === "normalised") return `${NORMALISED_FORMULA}${at}`;
  if (pair.kind === "no-pair") return null;
  const formula = signal === "kdm" ? KDM_FORMULAS[params.kdm] : RATIO_FORMULA;
  const low = isCorrected(params) ? `, ${LOW_CORRECTION_FORMULA}: ${correctionWords(params)}` : "";
  return `${formula}, H: N at ${pair.on_hz} Hz, L′: ${pair.off_hz} Hz${low}${at}`;
}

function isCorrected({ low }: TrendParams): boolean {
  return low.slope !== 0 || low.offset !== 0;
}

function correctionWords({ low, axis }: TrendParams): string {
  return `${number(low.slope)} per ${axis === "hours" ? "h" : "file"}, ${number(low.offset)}`;
}

/** As few digits as tell it, with a true minus sign. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const text = Number(value.toPrecision(4));
  return text < 0 ? `\u2212${Math.abs(text)}` : String(text);
}

/** Shares with four digits. */
export function share(value: number): string {
  return Number.isNaN(value) ? "–" : fixed(value, 3);
}

/** Why nothing is drawn, and what to do; null where something can be. */
export function missingWords(signal: TrendSignal, derived: DerivedTrends): string | null {
  const missing = missingSignal(signal, derived);
  return missing && MISSING_WORDS[missing];
}

const MISSING_WORDS: Record<MissingSignal, string> = {
  "one-frequency": "Ratio and KDM compare two frequencies of one electrode. This session has only one.",
  "not-measured": "No scan has the chosen signal-on or signal-off frequency. Choose others in Settings.",
  "same-frequency": "Signal on and signal off are the same frequency. Choose two in Settings.",
  "no-reference": "Nothing is normalised before a reference is chosen.",
};
