/** Two exponentials as the SACMES desktop program fits them: ../SACMES.md §6 has the rules and their numbers. */

import { descend } from "./decay-descent.ts";
import { bestRates, type DecaySamples, type SolvedDecay } from "./decay-start.ts";

export interface DesktopDecay {
  readonly fit: SolvedDecay;
  /** What was fitted: the currents without their sign. */
  readonly samples: DecaySamples;
  /** What amplitudes and background are multiplied by to have the sign of the currents again. */
  readonly sign: 1 | -1;
}

/** A is the 6th current of its half, C the 20th from that half's end. */
const AMPLITUDE_AT = 5;
const TAIL = 20;
/** The time constant is read where the current has fallen to this part of A. */
const FALLEN_TO = 0.33;

/**
 * I = a·exp(−k₁t) + b·exp(−k₂t) + e, e held at the 20th current from the end. The start values of a and k₁ come from
 * the first half of the samples (rounded up), those of b and k₂ from the rest; each half needs 20. Where they lead
 * nowhere the best rates of a grid do. The program's offset, which keeps currents above zero, moves e as it moves
 * the currents, so it changes nothing here.
 */
export function desktopDecay({
  times,
  currents,
}: DecaySamples): DesktopDecay | "too-few-points" | "no-decay" {
  const half = Math.ceil(times.length / 2);
  if (times.length - half < TAIL) return "too-few-points";
  const sign = currents.reduce((sum, current) => sum + current, 0) < 0 ? -1 : 1;
  const samples = { times, currents: currents.map(Math.abs) };
  const held = samples.currents[times.length - TAIL]!;
  const rates = [startRate(samples, 0, half), startRate(samples, half, times.length)];
  const start = rates.every((rate) => rate > 0 && Number.isFinite(rate)) ? rates.map(Math.log) : null;
  const fit = descend(samples, start, held) ?? descend(samples, bestRates(samples, 2, held), held);
  return fit === null ? "no-decay" : { fit, samples, sign };
}

/** K of the samples `from` to `to` (not included); NaN or infinite where they have none. */
function startRate({ times, currents }: DecaySamples, from: number, to: number): number {
  const amplitude = currents[from + AMPLITUDE_AT]!;
  const tail = currents[to - TAIL]!;
  let at = from;
  const distance = (row: number) => Math.abs(currents[row]! - FALLEN_TO * amplitude);
  for (let row = from; row < to; row++) if (distance(row) < distance(at)) at = row;
  const rate = Math.log(amplitude / (currents[at]! - tail)) / times[at]!;
  return Number.isFinite(rate) ? rate : (Math.log(amplitude) - Math.log(currents[at]!)) / times[at]!;
}
