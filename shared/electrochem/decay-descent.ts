import type { DecaySamples, SolvedDecay } from "./decay-start.ts";
import { solveAtRates } from "./decay-start.ts";
import { solveLeastSquares } from "./least-squares.ts";

const MAX_STEPS = 200;

/**
 * The rates in the valley that begins at `start` (ln k), by Levenberg–Marquardt; null where no step can be solved for.
 *
 * @param held background that is not fitted; null: it is
 */
export function descend(
  samples: DecaySamples,
  start: readonly number[] | null,
  held: number | null,
): SolvedDecay | null {
  let best = start === null ? null : solveAtRates(samples, start, held);
  if (best === null) return null;
  let damping = 1e-3;
  for (let step = 0; step < MAX_STEPS && damping < 1e12; step++) {
    const change = rateChange(samples, best, held, damping);
    if (change === null) return null;
    const next = solveAtRates(
      samples,
      best.logRates.map((value, i) => value + change[i]!),
      held,
    );
    if (next === null || !(next.squares < best.squares)) {
      damping *= 10;
      continue;
    }
    best = next;
    damping = Math.max(damping / 10, 1e-12);
    if (change.every((value) => Math.abs(value) < 1e-13)) break;
  }
  return best;
}

/** One damped step of the logarithms of the rates; amplitudes and background move with them. */
function rateChange(
  samples: DecaySamples,
  at: SolvedDecay,
  held: number | null,
  damping: number,
): number[] | null {
  const { times, currents } = samples;
  const rates = at.logRates.map(Math.exp);
  const curves = rates.map((rate) => times.map((time) => Math.exp(-rate * time)));
  const slopes = curves.map((curve, k) =>
    curve.map((value, i) => -at.amplitudes[k]! * rates[k]! * times[i]! * value),
  );
  const residual = currents.map((current, i) =>
    curves.reduce((rest, curve, k) => rest - at.amplitudes[k]! * curve[i]!, current - at.background),
  );
  // Damping as further rows: each column is extended by its own scaled length.
  const columns = [...slopes, ...curves, ...(held === null ? [times.map(() => 1)] : [])];
  const extended = columns.map((column, k) => {
    const rows = new Float64Array(column.length + columns.length);
    rows.set(column);
    rows[column.length + k] = Math.sqrt(damping * column.reduce((sum, value) => sum + value * value, 0));
    return rows;
  });
  const rhs = new Float64Array(residual.length + columns.length);
  rhs.set(residual);
  const solved = solveLeastSquares(extended, rhs);
  return solved === null ? null : Array.from(solved.solution.subarray(0, rates.length));
}

/** A rate is told only where the curve bends inside the samples: not much slower than all, nor faster than the first. */
export function isDetermined({ times }: DecaySamples, { logRates }: SolvedDecay): boolean {
  const first = times[0]!;
  const span = times[times.length - 1]! - first;
  const step = times[1]! - first;
  return logRates.every((logRate) => {
    const lifetime = Math.exp(-logRate);
    return lifetime < 10 * span && lifetime > step / 5;
  });
}
