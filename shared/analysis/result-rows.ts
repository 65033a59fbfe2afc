import type { ClassicOutcome } from "../electrochem/classic-peak.ts";
import type { CvPeakOutcome } from "../electrochem/cv.ts";
import type { DesktopPeakOutcome } from "../electrochem/desktop-cv-peak.ts";
import type { HullOutcome, HullPeak } from "../electrochem/hull-outcome.ts";
import type { SacmesWebOutcome } from "../electrochem/sacmes-web-peak.ts";
import { RESULT_FLAGS, RESULT_KINDS, type ResultFlag, type ResultKind } from "../protocol/log-tables.ts";

/** Outcomes as columns of the result tables. What a method does not have is left out, and so is absent. */

export function kindNumber(kind: ResultKind): number {
  return RESULT_KINDS.indexOf(kind);
}

export function flagBits(flags: readonly ResultFlag[]): number {
  return flags.reduce((bits, flag) => bits | RESULT_FLAGS[flag], 0);
}

export function hullRow(outcome: HullOutcome) {
  const kind = kindNumber(outcome.kind === "peak" ? "peak" : outcome.reason);
  return "peak_height_a" in outcome
    ? { kind, ...peakColumns(outcome), flags: flagBits(outcome.flags) }
    : { kind };
}

/** Charge belongs to sweeps: there the scan rate makes it of the area. */
export function sweepPeakRow(outcome: CvPeakOutcome) {
  const kind = kindNumber(outcome.kind === "peak" ? "peak" : outcome.reason);
  if (!("peak_height_a" in outcome)) return { kind };
  const { charge_c, flags } = outcome;
  return { kind, ...peakColumns(outcome), charge_c, flags: flagBits(flags) };
}

function peakColumns(peak: Omit<HullPeak, "flags">) {
  return {
    peak_potential_v: peak.peak_potential_v,
    peak_height_a: peak.peak_height_a,
    peak_current_a: peak.peak_current_a,
    baseline_at_peak_a: peak.baseline_at_peak_a,
    peak_area_av: peak.peak_area_av,
    half_width_v: peak.half_width_v,
    baseline_left_v: peak.baseline_left[0],
    baseline_left_a: peak.baseline_left[1],
    baseline_right_v: peak.baseline_right[0],
    baseline_right_a: peak.baseline_right[1],
    smoothed_noise_a: peak.smoothed_noise_a,
    snr: peak.snr,
  };
}

/** Height is highest minus lowest value of the polynomial: as if the lowest were a level baseline. */
export function classicRow(outcome: ClassicOutcome) {
  if (outcome.kind === "no-peak") return { kind: kindNumber(outcome.reason) };
  return {
    kind: kindNumber("peak"),
    peak_potential_v: outcome.peak_potential_v,
    peak_height_a: outcome.peak_height_a,
    peak_current_a: outcome.highest_a,
    baseline_at_peak_a: outcome.lowest_a,
    peak_area_av: outcome.auc_av,
    flags: 0,
  };
}

export function sacmesWebRow(outcome: SacmesWebOutcome) {
  if (outcome.kind === "no-peak") return { kind: kindNumber(outcome.reason) };
  const { quality, baseline_left, baseline_right } = outcome;
  return {
    kind: kindNumber("peak"),
    peak_potential_v: outcome.peak_potential_v,
    peak_height_a: outcome.peak_height_a,
    peak_current_a: outcome.baseline_at_peak_a + outcome.peak_height_a,
    baseline_at_peak_a: outcome.baseline_at_peak_a,
    peak_area_av: outcome.peak_area_av,
    half_width_v: outcome.half_width_v,
    baseline_left_v: baseline_left[0],
    baseline_left_a: baseline_left[1],
    baseline_right_v: baseline_right[0],
    baseline_right_a: baseline_right[1],
    flags: quality === "pass" ? 0 : flagBits([`quality-${quality}`]),
  };
}

/** The desktop program's heights are distances, never negative. */
export function desktopPeakRow(outcome: DesktopPeakOutcome) {
  if (outcome.kind === "no-peak") return { kind: kindNumber(outcome.reason) };
  const { peak_potential_v, peak_height_a, peak_area_av, charge_c, flank_at_edge } = outcome;
  const flags = flagBits(flank_at_edge ? ["near-window-edge"] : []);
  return { kind: kindNumber("peak"), peak_potential_v, peak_height_a, peak_area_av, charge_c, flags };
}
