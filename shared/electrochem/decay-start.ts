import { solveLeastSquares } from "./least-squares.ts";

/** Samples of a decay by ascending time. */
export interface DecaySamples {
  readonly times: Float64Array;
  readonly currents: Float64Array;
}

/** Exponentials at given rates, with the amplitudes and background that fit best. */
export interface SolvedDecay {
  readonly logRates: readonly number[];
  readonly amplitudes: readonly number[];
  readonly background: number;
  readonly squares: number;
}

/** Rates of the grid: enough that the descent begins in the right valley. */
const GRID = 40;
/** A start needs no more samples than this; the descent uses all. */
const START_SAMPLES = 400;

/** ln k of the best exponentials on a grid of rates; null where no rate can be solved for. */
export function bestRates(samples: DecaySamples, count: 1 | 2, held: number | null): number[] | null {
  const few = thin(samples);
  const grid = gridOf(samples);
  const candidates =
    count === 1
      ? grid.map((rate) => [rate])
      : grid.flatMap((fast, i) => grid.slice(0, i).map((slow) => [fast, slow]));
  let best: SolvedDecay | null = null;
  for (const rates of candidates) {
    const solved = solveAtRates(few, rates, held);
    if (solved !== null && (best === null || solved.squares < best.squares)) best = solved;
  }
  return best === null ? null : [...best.logRates];
}

/** @param held background that is not fitted; null: it is */
export function solveAtRates(
  { times, currents }: DecaySamples,
  logRates: readonly number[],
  held: number | null,
): SolvedDecay | null {
  const curves = logRates.map((logRate) => {
    const rate = Math.exp(logRate);
    return times.map((time) => Math.exp(-rate * time));
  });
  const columns = held === null ? [...curves, times.map(() => 1)] : curves;
  const solved = solveLeastSquares(columns, held === null ? currents : currents.map((value) => value - held));
  if (solved === null) return null;
  const amplitudes = logRates.map((_, k) => solved.solution[k]!);
  const background = held ?? solved.solution[logRates.length]!;
  let squares = 0;
  for (let i = 0; i < times.length; i++) {
    let rest = currents[i]! - background;
    for (let k = 0; k < curves.length; k++) rest -= amplitudes[k]! * curves[k]![i]!;
    squares += rest * rest;
  }
  return Number.isFinite(squares) ? { logRates, amplitudes, background, squares } : null;
}

/** ln k from a tenth of a lifetime inside the samples to ten lifetimes before the second of them; evenly. */
function gridOf({ times }: DecaySamples): number[] {
  const span = times[times.length - 1]! - times[0]!;
  const step = times[1]! - times[0]! || span / times.length;
  const slow = Math.log(0.1 / span);
  const fast = Math.log(3 / step);
  return Array.from({ length: GRID }, (_, i) => slow + ((fast - slow) * i) / (GRID - 1));
}

/** Half of the kept samples stand at the begin, where a fast decay is, half are spread over all. */
function thin({ times, currents }: DecaySamples): DecaySamples {
  const count = times.length;
  if (count <= START_SAMPLES) return { times, currents };
  const kept = new Set<number>();
  for (let i = 0; i < START_SAMPLES / 2; i++) {
    kept.add(i);
    kept.add(Math.floor((i * (count - 1)) / (START_SAMPLES / 2 - 1)));
  }
  const order = [...kept].sort((a, b) => a - b);
  return {
    times: Float64Array.from(order, (i) => times[i]!),
    currents: Float64Array.from(order, (i) => currents[i]!),
  };
}
