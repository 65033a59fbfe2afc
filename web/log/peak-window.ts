import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";

/** Where the parameters look for the peak, V; null: anywhere, or a method that does not ask. */
export function peakWindowOf(params: AnalysisParams | undefined): readonly [number, number] | null {
  return params !== undefined && "peak_window" in params ? params.peak_window : null;
}
