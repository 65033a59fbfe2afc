import { DecayResultTable, resultTableOf, SweepResultTable } from "../../shared/protocol/log-tables.ts";
import {
  type CurveSegment,
  type FurtherPeak,
  unpackCycles,
  unpackDecays,
  unpackVoltammograms,
  type VoltammogramPack,
} from "../../shared/protocol/voltammogram.ts";
import type { TraceId, TraceRow } from "./trace.ts";
import { decayRow } from "./trace-rows.ts";

/**
 * One electrode's curve as it is drawn: columns of one length. `pulse`: potentials ascending. `cycle`: the whole
 * scan in its own order, there and back. `decay`: `xs` are times, s.
 */
export interface Curve extends TraceId {
  readonly shape: "pulse" | "cycle" | "decay";
  readonly name: string;
  /** Null: a preview, not part of a log. */
  readonly offset: number | null;
  readonly scan: number;
  /** V, or s. */
  readonly xs: Float32Array;
  readonly currentsA: Float32Array;
  /** The smoothed current, or the fitted decay; NaN where there is none. */
  readonly smoothedA: Float32Array;
  /** NaN where there is no baseline. */
  readonly baselineA: Float32Array;
  /** One of a pulse or a decay; of a cycle one for every analysed segment and direction. */
  readonly results: readonly TraceRow[];
  readonly segments: readonly CurveSegment[];
  readonly otherPeaks: readonly FurtherPeak[];
}

/** Reads the curves of a message. */
export function readCurves(pack: VoltammogramPack): Curve[] {
  switch (resultTableOf(pack.technique)) {
    case SweepResultTable:
      return unpackCycles(pack).map((cycle) => curve("cycle", cycle, cycle.potentials_v, cycle.results));
    case DecayResultTable:
      return unpackDecays(pack).map((decay) =>
        curve("decay", decay, decay.times_s, [decayRow(decay.result)]),
      );
    default:
      return unpackVoltammograms(pack).map((pulse) =>
        curve("pulse", pulse, pulse.potentials_v, [pulse.result]),
      );
  }
}

type Columns = Omit<ReturnType<typeof unpackVoltammograms>[number], "potentials_v" | "result">;

function curve(
  shape: Curve["shape"],
  columns: Columns,
  xs: Float32Array,
  results: readonly TraceRow[],
): Curve {
  return {
    shape,
    name: columns.name,
    offset: columns.offset,
    scan: columns.scan,
    electrode: columns.electrode,
    frequencyHz: columns.frequency_hz,
    xs,
    currentsA: columns.currents_a,
    smoothedA: columns.smoothed_a,
    baselineA: columns.baseline_a,
    results,
    segments: columns.segments,
    otherPeaks: columns.other_peaks,
  };
}
