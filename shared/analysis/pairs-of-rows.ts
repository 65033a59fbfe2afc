import { pairNumbers } from "../electrochem/cv-pair.ts";
import { type SweepPair, type SweepPeakRow, sweepPairs } from "../electrochem/sweep-pairs.ts";
import type { SweepParams } from "../protocol/analysis-params.ts";
import { directionOf } from "./oxidation-direction.ts";

/**
 * The pairs of sweeps of one scan and electrode, as the session's parameters pair them: for the screen and for exports.
 * None while the direction of oxidation has not been chosen.
 *
 * @param rows all result rows of the scan and electrode
 * @param found whether a row is a peak
 */
export function pairsOfRows<Row extends SweepPeakRow>(
  rows: readonly Row[],
  electrode: number,
  params: SweepParams,
  found: (row: Row) => boolean,
): SweepPair<Row>[] {
  if (params.method === "desktop") return desktopPair(rows, params, found);
  const anodic = directionOf(params, electrode);
  if (anodic === "auto") return [];
  return sweepPairs(rows, found, { anodic, pairs: params.pairs, method: params.method });
}

/** The two segments that were asked for, whichever they are. Each has one row, of the direction that was looked in. */
function desktopPair<Row extends SweepPeakRow>(
  rows: readonly Row[],
  { forward_segment, reverse_segment }: Extract<SweepParams, { method: "desktop" }>,
  found: (row: Row) => boolean,
): SweepPair<Row>[] {
  const own = rows.find(({ segment }) => segment === forward_segment);
  if (own === undefined) return [];
  const peakOf = (number: number) => rows.find((row) => row.segment === number && found(row)) ?? null;
  const sweeps = {
    forward: peakOf(forward_segment),
    reverse: peakOf(reverse_segment),
    forwardRises: own.sweep > 0,
    turn_current_a: own.turn_current_a,
  };
  const { forward, reverse } = sweeps;
  return [{ segment: forward_segment, forward, reverse, ...pairNumbers(sweeps, false) }];
}

/** The segment on the other side of the turn. */
export function secondOf(first: number, params: SweepParams): number {
  return params.method === "desktop" ? params.reverse_segment : first + 1;
}
