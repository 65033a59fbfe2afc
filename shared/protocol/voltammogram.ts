import { z } from "zod";
import { SessionTechnique } from "./analysis-params.ts";
import {
  type DecayResultRow,
  DecayResultTable,
  type ResultRow,
  ResultTable,
  resultTableOf,
  type SweepResultRow,
  SweepResultTable,
} from "./log-tables.ts";
import { type NumericTable, type WireBytes, wireFloat32 } from "./numeric-table.ts";

/**
 * Curves as they travel. All curves of a message share one byte string: Socket.IO's parser closes a connection
 * over a message with more than 10 binary parts, and a file of many electrodes would have five parts for each.
 */

const Bytes = z.custom<WireBytes>((value) => value instanceof Uint8Array || value instanceof ArrayBuffer);

/** A segment of a CV by its samples `from` to `to` (not included) in the curve's columns. */
const CurveSegment = z.object({
  segment: z.int().min(1),
  /** 1: the potential rises; −1: it falls. */
  sweep: z.literal([1, -1]),
  from: z.int().min(0),
  to: z.int().min(0),
  /** Whether the parameters ask for it. */
  analysed: z.boolean(),
});
export type CurveSegment = z.infer<typeof CurveSegment>;

/** A further wave; `segment` null where there are none. V, A. */
const FurtherPeak = z.object({
  segment: z.int().min(1).nullable(),
  peak_potential_v: z.number(),
  peak_height_a: z.number(),
  snr: z.number(),
});
export type FurtherPeak = z.infer<typeof FurtherPeak>;

/** Which curve it is, how many points each of its columns has, and how many rows of results are its own. */
const CurveHead = z.object({
  name: z.string(),
  /** Null: not in a log (a preview). */
  offset: z.int().min(0).nullable(),
  scan: z.int().min(0),
  electrode: z.int(),
  frequency_hz: z.number().nullable(),
  points: z.int().min(0),
  rows: z.int().min(0),
  /** Of a CV or linear sweep, in the order of the scan; else empty. */
  segments: z.array(CurveSegment),
  other_peaks: z.array(FurtherPeak),
});
type CurveHead = z.infer<typeof CurveHead>;

/**
 * `columns`: for each head in turn its x (V, for decays s), currents, smoothed (or fitted) currents and baseline,
 * Float32, little-endian. `results`: for each head its rows of the technique's result table.
 */
export const VoltammogramPack = z.object({
  technique: SessionTechnique,
  heads: z.array(CurveHead),
  columns: Bytes,
  results: Bytes,
});
export type VoltammogramPack = z.infer<typeof VoltammogramPack>;

/** Of a curve as it travels: its four columns of Float32. */
export const BYTES_PER_POINT = 4 * Float32Array.BYTES_PER_ELEMENT;

type CurvePlace = Omit<CurveHead, "points" | "rows">;

interface CurrentColumns {
  readonly currents_a: Float32Array;
  /** What was looked at for the peak: the smoothed curve, for `classic` the polynomial. NaN where it is not. */
  readonly smoothed_a: Float32Array;
  /** NaN where there is no baseline. */
  readonly baseline_a: Float32Array;
}

/** One electrode's pulse voltammogram; V and A, columns of one length, potentials ascending. */
export interface Voltammogram extends CurvePlace, CurrentColumns {
  readonly potentials_v: Float32Array;
  readonly result: ResultRow;
}

/**
 * One electrode's whole cycle, in the order of the scan: potentials go back and forth. `smoothed_a` and `baseline_a`
 * stand in the analysed segments alone; the baseline is that of the peak of oxidation where the potential rises and
 * of reduction where it falls. Every peak has its row, with both ends of its own straight baseline.
 */
export interface CyclicVoltammogram extends CurvePlace, CurrentColumns {
  readonly potentials_v: Float32Array;
  readonly results: readonly SweepResultRow[];
}

/** One electrode's chronoamperogram; s and A. `smoothed_a` is the fitted decay, NaN outside the fit window. */
export interface Decay extends CurvePlace, CurrentColumns {
  readonly times_s: Float32Array;
  readonly result: DecayResultRow;
}

type OutgoingRow = Partial<Record<string, number | null>>;

/** A curve before it travels; rows are of the technique's table and may leave fields out. */
export interface OutgoingCurve extends CurvePlace, CurrentColumns {
  readonly x: Float32Array;
  readonly rows: readonly OutgoingRow[];
}

export function packVoltammograms(
  technique: SessionTechnique,
  curves: readonly OutgoingCurve[],
): VoltammogramPack {
  const columnsOf = ({ x, currents_a, smoothed_a, baseline_a }: OutgoingCurve) => [
    x,
    currents_a,
    smoothed_a,
    baseline_a,
  ];
  const parts = curves.flatMap(columnsOf);
  const columns = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    columns.set(part, at);
    at += part.length;
  }
  const table: NumericTable<string> = resultTableOf(technique);
  return {
    technique,
    heads: curves.map(({ name, offset, scan, electrode, frequency_hz, segments, other_peaks, x, rows }) => {
      const place = { name, offset, scan, electrode, frequency_hz, segments, other_peaks };
      return { ...place, points: x.length, rows: rows.length };
    }),
    columns: new Uint8Array(columns.buffer),
    results: table.write(curves.flatMap(({ rows }) => rows)),
  };
}

/** Of a pulse technique. @throws RangeError when the bytes are not those of the heads, or of another technique */
export function unpackVoltammograms(pack: VoltammogramPack): Voltammogram[] {
  return unpack(pack, ResultTable).map(({ x, rows, ...curve }) => ({
    ...curve,
    potentials_v: x,
    result: onlyRow(rows),
  }));
}

/** Of CV and LSV. @throws RangeError when the bytes are not those of the heads, or of another technique */
export function unpackCycles(pack: VoltammogramPack): CyclicVoltammogram[] {
  return unpack(pack, SweepResultTable).map(({ x, rows, ...curve }) => ({
    ...curve,
    potentials_v: x,
    results: rows,
  }));
}

/** Of CA. @throws RangeError when the bytes are not those of the heads, or of another technique */
export function unpackDecays(pack: VoltammogramPack): Decay[] {
  return unpack(pack, DecayResultTable).map(({ x, rows, ...curve }) => ({
    ...curve,
    times_s: x,
    result: onlyRow(rows),
  }));
}

function unpack<Field extends string>(
  { technique, heads, columns, results }: VoltammogramPack,
  table: NumericTable<Field>,
) {
  if (!sameTable(resultTableOf(technique), table))
    throw new RangeError(`Curves of ${technique} have another table.`);
  const values = wireFloat32(columns);
  const rows = table.read(results);
  let at = 0;
  let row = 0;
  const next = (points: number): Float32Array => {
    at += points;
    if (at > values.length)
      throw new RangeError(`The curves have ${values.length} values, fewer than announced.`);
    return values.subarray(at - points, at);
  };
  return heads.map(({ points, rows: count, ...place }) => {
    row += count;
    if (row > rows.length) throw new RangeError(`${heads.length} curves came with ${rows.length} results.`);
    const [x, currents_a, smoothed_a, baseline_a] = [next(points), next(points), next(points), next(points)];
    return { ...place, x, currents_a, smoothed_a, baseline_a, rows: rows.slice(row - count, row) };
  });
}

function sameTable(a: NumericTable<string>, b: NumericTable<string>): boolean {
  return a === b;
}

function onlyRow<Row>(rows: readonly Row[]): Row {
  const [only] = rows;
  if (only === undefined) throw new RangeError("A curve came without its result.");
  return only;
}
