import { pairsOfRows } from "../../shared/analysis/pairs-of-rows.ts";
import type { SweepPeakRow } from "../../shared/electrochem/sweep-pairs.ts";
import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";
import { fixed, withUnit } from "../words/si.ts";
import { kindOf, type TraceRow } from "./trace.ts";

export interface PairWords {
  /** First segment of the pair. */
  readonly segment: number;
  readonly words: string;
}

/** What follows from pairs of peaks of one scan and electrode: separation, half-wave potential, ratio of heights. */
export function pairWords(
  rows: readonly TraceRow[],
  electrode: number,
  params: AnalysisParams,
): readonly PairWords[] {
  if (!("probes_v" in params)) return [];
  const isPeak = (row: TraceRow) => kindOf(row) === "peak";
  return pairsOfRows(rows.filter(isSweepRow), electrode, params, isPeak).flatMap((pair) => {
    const { segment, peak_separation_v, half_wave_potential_v, height_ratio, nicholson_ratio } = pair;
    if (peak_separation_v === null || half_wave_potential_v === null) return [];
    const parts = [
      `ΔE ${withUnit(peak_separation_v * 1000, 0, "mV")}`,
      `E½ ${withUnit(half_wave_potential_v, 3, "V")}`,
      ...(height_ratio === null ? [] : [`|ia/ic| ${fixed(height_ratio, 2)}`]),
      ...(nicholson_ratio === null ? [] : [`Nicholson ${fixed(nicholson_ratio, 2)}`]),
    ];
    return [{ segment, words: parts.join(" · ") }];
  });
}

function isSweepRow(row: TraceRow): row is TraceRow & SweepPeakRow {
  return row.segment !== undefined && row.turn_current_a !== undefined;
}
