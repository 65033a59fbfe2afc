import { decayCurves, fitLifetime, type LifetimeOutcome } from "../electrochem/ca-lifetime.ts";
import type { CaParams } from "../protocol/ca-params.ts";
import { kindNumber } from "./result-rows.ts";
import type { OutgoingRow, ScanPlace, TechniqueAnalysis } from "./technique-analysis.ts";

/** Chronoamperometry: one fitted decay per scan and electrode. */
export const decayAnalysis: TechniqueAnalysis<CaParams> = {
  hasOpenChoices: () => false,
  choose: (_scans, params) => params,
  rows: (place, params) =>
    place.scan.electrodes.map(({ electrode, currents_a }) =>
      rowOf(place, electrode, fitLifetime(timesOf(place), currents_a, params)),
    ),
  curve: (place, electrode, params) => {
    const curve = place.scan.electrodes.find((one) => one.electrode === electrode);
    if (curve === undefined) return null;
    const drawn = decayCurves(timesOf(place), curve.currents_a, params);
    return {
      x: Float32Array.from(drawn.times_s),
      currents_a: Float32Array.from(drawn.currents_a),
      smoothed_a: Float32Array.from(drawn.fitted_a),
      baseline_a: new Float32Array(drawn.times_s.length).fill(Number.NaN),
      rows: [rowOf(place, electrode, drawn.outcome)],
      segments: [],
      other_peaks: [],
    };
  },
  remarks: ({ scan }) =>
    scan.times_s === undefined ? ["The file has no times, so no decay can be fitted."] : [],
};

function timesOf({ scan }: ScanPlace): Float64Array {
  return scan.times_s ?? new Float64Array();
}

function rowOf({ index }: ScanPlace, electrode: number, outcome: LifetimeOutcome): OutgoingRow {
  const place = { scan: index, electrode };
  const { points } = outcome;
  if (outcome.kind === "no-fit") return { ...place, kind: kindNumber(outcome.reason), points };
  const [first, second] = outcome.terms;
  const { background_a, residual_sd_a, r_squared } = outcome;
  return {
    ...place,
    kind: kindNumber("fitted"),
    lifetime_s: first?.lifetime_s ?? null,
    half_life_s: first?.half_life_s ?? null,
    amplitude_a: first?.amplitude_a ?? null,
    lifetime_2_s: second?.lifetime_s ?? null,
    half_life_2_s: second?.half_life_s ?? null,
    amplitude_2_a: second?.amplitude_a ?? null,
    background_a,
    residual_sd_a,
    r_squared,
    points,
  };
}
