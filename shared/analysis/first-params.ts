import { findHullPeak, type HullOutcome, proposePeakWindow } from "../electrochem/hull-peak.ts";
import { hullParamsFor } from "../electrochem/swv.ts";
import { type AnalysisParams, defaultParams, type SessionTechnique } from "../protocol/analysis-params.ts";
import type { HullPulseParams } from "../protocol/pulse-params.ts";
import { resolveParams } from "./measurement.ts";
import type { ScanPlace } from "./technique-analysis.ts";

/**
 * Parameters for a new session: every choice that is left to the program is made here, once, on the first scans.
 *
 * @param params what is settled already, such as a described table
 */
export function firstParams(
  technique: SessionTechnique,
  places: readonly ScanPlace[],
  params: AnalysisParams = defaultParams(technique),
): AnalysisParams {
  const chosen = resolveParams(places, { technique, params }) ?? params;
  return isHull(chosen) ? { ...chosen, peak_window: peakWindow(places, chosen) } : chosen;
}

/**
 * Where the peak of the first scans is, of every trace: without a window a trend jumps between waves as the first
 * fades. Null where no trace has a peak yet, or where the traces' peaks lie too far apart for one window to help.
 */
function peakWindow(places: readonly ScanPlace[], params: HullPulseParams): [number, number] | null {
  const byTrace = new Map<string, HullOutcome[]>();
  for (const { scan, frequency_hz } of places) {
    for (const { electrode, currents_a } of scan.electrodes) {
      const hull = hullParamsFor(params, frequency_hz ?? undefined);
      const outcome = findHullPeak(scan.potentials_v, currents_a, hull);
      const trace = `${electrode} ${frequency_hz}`;
      byTrace.set(trace, [...(byTrace.get(trace) ?? []), outcome]);
    }
  }
  const windows = [...byTrace.values()].flatMap((outcomes) => {
    const window = proposePeakWindow(outcomes);
    return window === null ? [] : [window];
  });
  if (windows.length === 0) return null;
  return [Math.min(...windows.map(([low]) => low)), Math.max(...windows.map(([, high]) => high))];
}

/** Parameters of pulse techniques and of sweeps have other fields; both have a method `hull`. */
function isHull(params: AnalysisParams): params is HullPulseParams {
  return "cutoff_hz" in params && params.method === "hull";
}
