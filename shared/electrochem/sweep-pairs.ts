import { type PairNumbers, type PairPeak, pairNumbers } from "./cv-pair.ts";
import type { Direction } from "./hull-outcome.ts";

/** A row of results of a sweep, as far as pairs are made of it: see shared/protocol/log-tables.ts. */
export interface SweepPeakRow extends PairPeak {
  /** Counted from 1 through the scan. */
  readonly segment: number;
  /** 1: the potential rises; −1: it falls. */
  readonly sweep: number;
  /** 1: the peak points up; −1: down. */
  readonly direction: number;
  readonly turn_current_a: number;
}

export interface SweepPair<Row extends SweepPeakRow = SweepPeakRow> extends PairNumbers {
  /** First segment of the pair. */
  readonly segment: number;
  /** The rows that count of the pair's sweeps; null where no peak was found. */
  readonly forward: Row | null;
  readonly reverse: Row | null;
}

/**
 * Numbers of the pairs (k, k + 1) of one scan and electrode, derived from its rows: the same formulas that the
 * analysis itself uses.
 *
 * @param rows all directions of all analysed segments
 * @param found whether a row is a peak
 * @param settings `anodic`: which way peaks of oxidation point in this electrode; `pairs`: first segments, null for
 *   1, 3, 5, …; `method` of the parameters
 */
export function sweepPairs<Row extends SweepPeakRow>(
  rows: readonly Row[],
  found: (row: Row) => boolean,
  settings: { readonly anodic: Direction; readonly pairs: readonly number[] | null; readonly method: string },
): SweepPair<Row>[] {
  const { anodic, pairs, method } = settings;
  const numbers = [...new Set(rows.map(({ segment }) => segment))].sort((a, b) => a - b);
  const firsts = pairs ?? numbers.filter((number) => number % 2 === 1);
  const up = anodic === "up" ? 1 : -1;
  const main = (number: number): Row | null =>
    rows.find((row) => row.segment === number && row.direction === row.sweep * up && found(row)) ?? null;
  return firsts.flatMap((segment) => {
    const own = rows.find((row) => row.segment === segment);
    if (own === undefined) return [];
    const sweeps = {
      forward: main(segment),
      reverse: main(segment + 1),
      forwardRises: own.sweep > 0,
      turn_current_a: own.turn_current_a,
    };
    const { forward, reverse } = sweeps;
    return [{ segment, forward, reverse, ...pairNumbers(sweeps, method === "tangent") }];
  });
}
