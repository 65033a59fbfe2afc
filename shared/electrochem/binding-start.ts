import { solveLeastSquares } from "./least-squares.ts";

/** The settled signal at one concentration; any unit, 0 allowed. */
export interface CalibrationPoint {
  readonly concentration: number;
  readonly signal: number;
}

/** Steps of ln K; the valley of a binding curve is about a decade wide. */
const GRID_STEP = Math.log(10) / 5;
/** How far the grid goes beyond the lowest and highest concentration. */
const GRID_REACH = Math.log(100);
const HILL_GRID = [0.5, 1, 2, 4];

/** Share of binding sites taken at a concentration: Cʰ / (Kʰ + Cʰ), without overflow. */
export function occupancy(concentration: number, logK: number, hill: number): number {
  return concentration === 0 ? 0 : 1 / (1 + Math.exp(-hill * (Math.log(concentration) - logK)));
}

/**
 * Offset, amplitude, ln K and ln h of the best curve on a grid: for each K and h the other two are the solution of
 * a linear problem. Null where no curve of the grid has a response.
 */
export function bindingStart(points: readonly CalibrationPoint[], withHill: boolean): Float64Array | null {
  const positive = points.flatMap(({ concentration }) =>
    concentration > 0 ? [Math.log(concentration)] : [],
  );
  const signals = Float64Array.from(points, ({ signal }) => signal);
  const ones = new Float64Array(points.length).fill(1);
  const until = Math.max(...positive) + GRID_REACH;
  let best: Float64Array | null = null;
  let least = Infinity;
  for (let logK = Math.min(...positive) - GRID_REACH; logK <= until; logK += GRID_STEP) {
    for (const hill of withHill ? HILL_GRID : [1]) {
      const bound = Float64Array.from(points, ({ concentration }) => occupancy(concentration, logK, hill));
      const [offset, amplitude] = solveLeastSquares([ones, bound], signals)?.solution ?? [];
      if (offset === undefined || amplitude === undefined || amplitude === 0) continue;
      const rest = signals.reduce(
        (sum, signal, i) => sum + (signal - offset - amplitude * bound[i]!) ** 2,
        0,
      );
      if (rest >= least) continue;
      least = rest;
      best = Float64Array.of(offset, amplitude, logK, Math.log(hill));
    }
  }
  return best;
}
