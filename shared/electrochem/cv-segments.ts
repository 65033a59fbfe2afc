import { medianInPlace } from "./median.ts";

/** A part of a CV in which the potential goes one way. */
export interface Segment {
  /** Counted from 1 through the scan. */
  readonly number: number;
  /** First sample, and the one after the last. A turning sample is the last of one segment and the first of the next. */
  readonly from: number;
  readonly to: number;
  readonly sweep: "rising" | "falling";
  /** `forward` goes the way of the first segment. */
  readonly direction: "forward" | "reverse";
}

/** A turn counts when the potential has come back by more than this many usual steps. */
const TURN_STEPS = 3;

/**
 * Splits a scan where the potential turns. A turn counts only when the potential has come back by more than 3
 * times the median step, so that measured potentials with noise do not split a sweep; it lies where the potential
 * was furthest. A held potential keeps the direction.
 *
 * @param potentials_v in the order of the scan; what is not finite is passed over
 * @returns at least one segment for a scan with samples, none for an empty one
 */
export function splitSegments(potentials_v: Float64Array): Segment[] {
  if (potentials_v.length === 0) return [];
  const turns = findTurns(potentials_v, TURN_STEPS * medianStep(potentials_v));
  const bounds = [0, ...turns, potentials_v.length - 1];
  const rises = bounds
    .slice(1)
    .map((last, index) => potentials_v[last]! - potentials_v[bounds[index]!]! >= 0);
  return rises.map((isRising, index) => ({
    number: index + 1,
    from: bounds[index]!,
    to: bounds[index + 1]! + 1,
    sweep: isRising ? "rising" : "falling",
    direction: isRising === rises[0] ? "forward" : "reverse",
  }));
}

/** Median of all steps that are steps; 0 for none. V. */
export function medianStep(potentials_v: Float64Array): number {
  const steps = new Float64Array(potentials_v.length);
  let count = 0;
  for (let i = 1; i < potentials_v.length; i++) {
    const step = Math.abs(potentials_v[i]! - potentials_v[i - 1]!);
    if (step > 0 && Number.isFinite(step)) steps[count++] = step;
  }
  return count === 0 ? 0 : medianInPlace(steps.subarray(0, count));
}

/** Samples at which the potential turns by more than `least`. */
function findTurns(potentials_v: Float64Array, least: number): number[] {
  const turns: number[] = [];
  let heading = 0;
  let highest = 0;
  let lowest = 0;
  for (let i = 0; i < potentials_v.length; i++) {
    const potential = potentials_v[i]!;
    // Equal ones too: of a held turning potential the last sample is the turn.
    if (!(potential < potentials_v[highest]!)) highest = finiteOr(highest, i, potential);
    if (!(potential > potentials_v[lowest]!)) lowest = finiteOr(lowest, i, potential);
    const fell = potentials_v[highest]! - potential > least;
    const rose = potential - potentials_v[lowest]! > least;
    if (heading >= 0 && fell) {
      if (heading > 0) turns.push(highest);
      heading = -1;
      lowest = i;
    } else if (heading <= 0 && rose) {
      if (heading < 0) turns.push(lowest);
      heading = 1;
      highest = i;
    }
  }
  return turns;
}

function finiteOr(known: number, index: number, potential: number): number {
  return Number.isFinite(potential) ? index : known;
}
