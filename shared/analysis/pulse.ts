import {
  type ClassicOutcome,
  type ClassicParams,
  classicCurves,
  findClassicPeak,
} from "../electrochem/classic-peak.ts";
import { findHullPeak, type HullOutcome, hullCurves, resolveAuto } from "../electrochem/hull-peak.ts";
import {
  findSacmesWebPeak,
  type SacmesWebOutcome,
  type SacmesWebParams,
  sacmesWebCurves,
} from "../electrochem/sacmes-web-peak.ts";
import { bandWindow, hullParamsFor } from "../electrochem/swv.ts";
import type { ElectrodeCurrents, Scan } from "../formats/scan.ts";
import type { PulseParams } from "../protocol/analysis-params.ts";
import type { HullPulseParams } from "../protocol/pulse-params.ts";
import { classicRow, flagBits, hullRow, sacmesWebRow } from "./result-rows.ts";
import type { OutgoingRow, ScanCurve, ScanPlace, TechniqueAnalysis } from "./technique-analysis.ts";

/** What was found in one electrode's pulse voltammogram, in its method's own words and as a row. */
export interface PulseFinding {
  readonly outcome: HullOutcome | ClassicOutcome | SacmesWebOutcome;
  readonly row: OutgoingRow;
}

/** SWV, DPV and frequency maps: one peak per scan and electrode. */
export const pulseAnalysis: TechniqueAnalysis<PulseParams> = {
  hasOpenChoices: (params) =>
    params.method === "hull" && (params.direction === "auto" || params.sg_points === "auto"),
  choose: (scans, params) => (params.method === "hull" ? chooseHull(scans, params) : params),
  rows: (place, params) => place.scan.electrodes.map((curve) => findPulse(place, curve, params).row),
  curve: (place, electrode, params) => {
    const curve = place.scan.electrodes.find((one) => one.electrode === electrode);
    return curve === undefined ? null : drawPulse(place, curve, params);
  },
  remarks: () => [],
};

export function findPulse(place: ScanPlace, curve: ElectrodeCurrents, params: PulseParams): PulseFinding {
  const { potentials_v } = place.scan;
  const { currents_a } = curve;
  switch (params.method) {
    case "hull": {
      const outcome = findHullPeak(potentials_v, currents_a, hullFor(place, params));
      return { outcome, row: rowOf(place, curve, outcome, hullRow(outcome)) };
    }
    case "classic": {
      const outcome = findClassicPeak(potentials_v, currents_a, withWindow(place, params));
      return { outcome, row: rowOf(place, curve, outcome, classicRow(outcome)) };
    }
    case "sacmes-web": {
      const outcome = findSacmesWebPeak(potentials_v, currents_a, withWindow(place, params));
      return { outcome, row: rowOf(place, curve, outcome, sacmesWebRow(outcome)) };
    }
  }
}

function drawPulse(place: ScanPlace, curve: ElectrodeCurrents, params: PulseParams): ScanCurve {
  const { potentials_v } = place.scan;
  const { row, outcome } = findPulse(place, curve, params);
  const { currents_a } = curve;
  const drawn =
    params.method === "hull"
      ? hullCurves(potentials_v, currents_a, hullFor(place, params))
      : params.method === "classic"
        ? classicCurves(potentials_v, currents_a, withWindow(place, params))
        : sacmesWebCurves(potentials_v, currents_a, withWindow(place, params));
  const others = "other_peaks" in outcome ? outcome.other_peaks : [];
  return {
    x: Float32Array.from(drawn.potentials_v),
    currents_a: Float32Array.from(drawn.currents_a),
    smoothed_a: Float32Array.from(drawn.smoothed_a),
    baseline_a: Float32Array.from(drawn.baseline_a),
    rows: [row],
    segments: [],
    other_peaks: others.map((peak) => ({ segment: null, ...peak })),
  };
}

function hullFor({ frequency_hz }: ScanPlace, params: HullPulseParams) {
  return hullParamsFor(params, frequency_hz ?? undefined);
}

function withWindow<Params extends Exclude<PulseParams, HullPulseParams>>(
  { frequency_hz }: ScanPlace,
  params: Params,
): Params & Pick<ClassicParams & SacmesWebParams, "window"> {
  return { ...params, window: bandWindow(params, frequency_hz ?? undefined) };
}

function rowOf(
  { scan, index, frequency_hz }: ScanPlace,
  { electrode }: ElectrodeCurrents,
  outcome: PulseFinding["outcome"],
  numbers: OutgoingRow,
): OutgoingRow {
  const row: OutgoingRow = { scan: index, electrode, frequency_hz, ...numbers };
  if (outcome.kind !== "peak" || !instrumentDiffers(scan, electrode, outcome.peak_potential_v)) return row;
  return { ...row, flags: (row.flags ?? 0) | flagBits(["instrument-peak-differs"]) };
}

/** Peaks further apart than this are not the same peak: half of a usual SWV half width (about 100 mV). */
const SAME_PEAK_V = 0.05;

/** The instrument's own search found its peak elsewhere: one of the two is wrong, and a person should look. */
function instrumentDiffers({ instrument_peaks }: Scan, electrode: number, peak_potential_v: number): boolean {
  const own = instrument_peaks?.filter((peak) => peak.electrode === electrode) ?? [];
  return own.length > 0 && own.every((peak) => Math.abs(peak.potential_v - peak_potential_v) > SAME_PEAK_V);
}

/** Direction by majority, the middle one of the smoothing windows: of all electrodes and frequencies that are there. */
function chooseHull(scans: readonly ScanPlace[], params: HullPulseParams): HullPulseParams | null {
  if (params.direction !== "auto" && params.sg_points !== "auto") return params;
  const choices = scans.flatMap((place) =>
    place.scan.electrodes.flatMap(({ currents_a }) => {
      const choice = resolveAuto(place.scan.potentials_v, currents_a, hullFor(place, params));
      return choice === null ? [] : [choice];
    }),
  );
  if (choices.length === 0) return null;
  const ups = choices.filter((choice) => choice.direction === "up").length;
  const points = choices.map((choice) => choice.sg_points).sort((a, b) => a - b);
  const middle = points[(points.length - 1) >> 1] ?? 15;
  return { ...params, direction: ups * 2 >= choices.length ? "up" : "down", sg_points: middle };
}
