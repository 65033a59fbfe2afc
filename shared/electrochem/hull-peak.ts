/**
 * SWV method `hull`: the peak above a straight baseline that touches the smoothed voltammogram on both sides
 * (one edge of its lower convex hull). Adding any straight line to the currents changes nothing but the currents.
 *
 * Callers guarantee potentials in V and currents in A, in sweep order, of equal length, |current| < 1e150, and
 * validated parameters. Samples that are not finite are left out. Nothing here throws on such input.
 */
import { hullEdgeAround, subtractHull } from "./hull-baseline.ts";
import type { HullCurves, HullOutcome, HullParams } from "./hull-outcome.ts";
import { straightBaseline } from "./straight-baseline.ts";
import {
  analyseSweep,
  chooseForSweep,
  type LayBaseline,
  MIN_POINTS,
  type SweepChoices,
  type SweepSearch,
} from "./sweep-peak.ts";
import { keepSamples } from "./sweep-samples.ts";

export type { HullCurves, HullOutcome, HullParams } from "./hull-outcome.ts";
export { proposePeakWindow } from "./peak-window.ts";

/** The edge of the lower convex hull under the peak. */
export const layHull: LayBaseline = (potentials_v, smoothed) => {
  const { hull, above, rounding } = subtractHull(potentials_v, smoothed);
  return { above, rounding, extentAround: (peak) => hullEdgeAround(hull, peak) };
};

/** Finds the peak of one electrode in one scan. See the top of the file for what callers guarantee. */
export function findHullPeak(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: HullParams,
): HullOutcome {
  return analyseSweep(keepSamples(potentials_v, currents_a, params), searchOf(params), layHull).outcome;
}

/** The same outcome together with the curves that a plot draws, from one computation. */
export function hullCurves(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: HullParams,
): HullCurves {
  const samples = keepSamples(potentials_v, currents_a, params);
  const { outcome, smoothed_a } = analyseSweep(samples, searchOf(params), layHull);
  const baseline_a =
    "baseline_left" in outcome
      ? straightBaseline(samples.potentials_v, outcome.baseline_left, outcome.baseline_right)
      : new Float64Array(samples.potentials_v.length).fill(Number.NaN);
  return { ...samples, smoothed_a, baseline_a, outcome };
}

/**
 * Makes the automatic choices on one scan, so that a session can fix them on its first scans and keep them: a
 * window that changes from scan to scan bends a trend by several per cent. Null when the scan has too few samples
 * to choose from and something is left to choose: ask the next scan.
 */
export function resolveAuto(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: HullParams,
): SweepChoices | null {
  const { direction, sg_points } = params;
  if (direction !== "auto" && sg_points !== "auto") return { direction, sg_points };
  const samples = keepSamples(potentials_v, currents_a, params);
  if (samples.potentials_v.length < MIN_POINTS) return null;
  return chooseForSweep(samples, searchOf(params)).choices;
}

function searchOf(params: HullParams): SweepSearch {
  return { ...params, hampel: params.hampel ?? null, preferred: null };
}
