import { z } from "zod";
import { type ResultRow, ResultTable } from "./log-tables.ts";
import { type WireBytes, wireFloat32 } from "./numeric-table.ts";

/**
 * Curves as they travel. All curves of a message share one byte string: Socket.IO's parser closes a connection
 * over a message with more than 10 binary parts, and a file of many electrodes would have five parts for each.
 */

const Bytes = z.custom<WireBytes>((value) => value instanceof Uint8Array || value instanceof ArrayBuffer);

/** Which curve it is, and how many points each of its columns has. */
const CurveHead = z.object({
  name: z.string(),
  /** Null: not in a log (a preview). */
  offset: z.int().min(0).nullable(),
  scan: z.int().min(0),
  electrode: z.int(),
  frequency_hz: z.number().nullable(),
  points: z.int().min(0),
});
type CurveHead = z.infer<typeof CurveHead>;

/**
 * `columns`: for each head in turn its potentials, currents, smoothed currents and baseline, Float32,
 * little-endian. `results`: one row of the result table for each head.
 */
export const VoltammogramPack = z.object({ heads: z.array(CurveHead), columns: Bytes, results: Bytes });
export type VoltammogramPack = z.infer<typeof VoltammogramPack>;

/** One electrode's voltammogram; V and A, columns of one length, potentials ascending. */
export interface Voltammogram extends Omit<CurveHead, "points"> {
  readonly potentials_v: Float32Array;
  readonly currents_a: Float32Array;
  readonly smoothed_a: Float32Array;
  /** NaN where there is no baseline. */
  readonly baseline_a: Float32Array;
  readonly result: ResultRow;
}

/** A voltammogram before it travels: its result may still leave fields out. */
export type OutgoingVoltammogram = Omit<Voltammogram, "result"> & {
  readonly result: Parameters<typeof ResultTable.write>[0][number];
};

const COLUMNS = ["potentials_v", "currents_a", "smoothed_a", "baseline_a"] as const;

export function packVoltammograms(voltammograms: readonly OutgoingVoltammogram[]): VoltammogramPack {
  const total = voltammograms.reduce(
    (sum, { potentials_v }) => sum + potentials_v.length * COLUMNS.length,
    0,
  );
  const columns = new Float32Array(total);
  let at = 0;
  for (const voltammogram of voltammograms) {
    for (const name of COLUMNS) {
      columns.set(voltammogram[name], at);
      at += voltammogram[name].length;
    }
  }
  return {
    heads: voltammograms.map(({ name, offset, scan, electrode, frequency_hz, potentials_v }) => {
      return { name, offset, scan, electrode, frequency_hz, points: potentials_v.length };
    }),
    columns: new Uint8Array(columns.buffer),
    results: ResultTable.write(voltammograms.map(({ result }) => result)),
  };
}

/** @throws RangeError when the bytes are not those of the heads */
export function unpackVoltammograms({ heads, columns, results }: VoltammogramPack): Voltammogram[] {
  const values = wireFloat32(columns);
  const rows = ResultTable.read(results);
  let at = 0;
  const next = (points: number): Float32Array => {
    at += points;
    if (at > values.length)
      throw new RangeError(`The curves have ${values.length} values, fewer than announced.`);
    return values.subarray(at - points, at);
  };
  return heads.map(({ points, ...place }, index) => {
    const result = rows[index];
    if (result === undefined)
      throw new RangeError(`${heads.length} curves came with ${rows.length} results.`);
    const [potentials_v, currents_a] = [next(points), next(points)];
    const [smoothed_a, baseline_a] = [next(points), next(points)];
    return { ...place, potentials_v, currents_a, smoothed_a, baseline_a, result };
  });
}
