import { directionOf } from "../../shared/analysis/oxidation-direction.ts";
import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";
import type { Trace } from "./trace.ts";

/**
 * Whether a peak is the one that a person expects of its segment: oxidation where the potential rises, reduction
 * where it falls. The other direction is found too, and shown by choice. Every other technique has one peak.
 */
export function isMainPeak(trace: Trace, params: AnalysisParams): boolean {
  const { sweep, electrode } = trace.id;
  if (sweep === undefined || !("probes_v" in params) || params.method === "desktop") return true;
  const oxidation = directionOf(params, electrode);
  const rises = trace.column("sweep").at(0);
  return oxidation === "auto" || sweep.direction === rises * (oxidation === "up" ? 1 : -1);
}
