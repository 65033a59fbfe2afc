import { type ResultRow, ResultTable } from "../../shared/protocol/log-tables.ts";
import { curveFromBytes } from "../../shared/protocol/numeric-table.ts";
import type { Voltammogram } from "../../shared/protocol/viewer-events.ts";
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
  readonly result: ResultRow | null;
}

/** Reads a voltammogram's binary columns; in the browser they arrive as an ArrayBuffer. */
export function readCurve(voltammogram: Voltammogram): Curve {
  const column = (bytes: Uint8Array | ArrayBuffer): Float32Array => curveFromBytes(new Uint8Array(bytes));
  return {
    name: voltammogram.name,
    offset: voltammogram.offset,
    scan: voltammogram.scan,
    electrode: voltammogram.electrode,
    frequencyHz: voltammogram.frequency_hz,
    potentialsV: column(voltammogram.potentials_v),
    currentsA: column(voltammogram.currents_a),
    smoothedA: column(voltammogram.smoothed_a),
    baselineA: column(voltammogram.baseline_a),
    result: ResultTable.read(new Uint8Array(voltammogram.result))[0] ?? null,
  };
}
