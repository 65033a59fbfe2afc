import { type ResultRow, ResultTable, resultTableOf } from "../../shared/protocol/log-tables.ts";
import { unpackVoltammograms, type VoltammogramPack } from "../../shared/protocol/voltammogram.ts";
import type { TraceId } from "./trace.ts";

/** One electrode's voltammogram as it is drawn: columns of one length, potentials ascending. */
export interface Curve extends TraceId {
  readonly name: string;
  /** Null: a preview, not part of a log. */
  readonly offset: number | null;
  readonly scan: number;
  readonly potentialsV: Float32Array;
  readonly currentsA: Float32Array;
  readonly smoothedA: Float32Array;
  /** NaN where there is no baseline. */
  readonly baselineA: Float32Array;
  readonly result: ResultRow;
}

/** Reads the curves of a message of a pulse technique; those of others are of another shape. */
export function readCurves(pack: VoltammogramPack): Curve[] {
  if (resultTableOf(pack.technique) !== ResultTable) return [];
  return unpackVoltammograms(pack).map((voltammogram) => ({
    name: voltammogram.name,
    offset: voltammogram.offset,
    scan: voltammogram.scan,
    electrode: voltammogram.electrode,
    frequencyHz: voltammogram.frequency_hz,
    potentialsV: voltammogram.potentials_v,
    currentsA: voltammogram.currents_a,
    smoothedA: voltammogram.smoothed_a,
    baselineA: voltammogram.baseline_a,
    result: voltammogram.result,
  }));
}
