/**
 * Calibration: the binding curve through the levels of marked concentration steps. Least squares by
 * Levenberg–Marquardt (Levenberg 1944, Marquardt 1963) from the best of a grid in which offset and amplitude are
 * solved for (variable projection, Golub & Pereyra 1973).
 */
import { bindingStart, type CalibrationPoint, occupancy } from "./binding-start.ts";
import { type LeastSquares, solveLeastSquares } from "./least-squares.ts";
import { studentT95 } from "./student-t.ts";

export type { CalibrationPoint } from "./binding-start.ts";

export const BINDING_FORMULAS = {
  langmuir: "S = S₀ + ΔS · C / (K + C)",
  hill: "S = S₀ + ΔS · Cʰ / (Kʰ + Cʰ)",
} as const;
export type BindingModel = keyof typeof BINDING_FORMULAS;

/**
 * A parameter with its 95 % confidence interval: ± Student's t · standard error from the curve's linearisation at
 * the optimum. For K and h that is done with their logarithms, so their intervals are never negative.
 */
export interface FittedParameter {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BindingFit {
  readonly kind: "fit";
  readonly model: BindingModel;
  readonly offset: FittedParameter;
  readonly amplitude: FittedParameter;
  /** Concentration of half response, in the unit of the points. */
  readonly k: FittedParameter;
  /** Null for `langmuir`, where it is 1 by definition. */
  readonly hill: FittedParameter | null;
  /** Standard deviation of the points around the curve, with the degrees of freedom left. */
  readonly residualSd: number;
  readonly degreesOfFreedom: number;
}

/**
 * `too-few-points`: not more distinct concentrations than parameters. `not-determined`: no response
 * beyond the noise, or no bend, so that ever larger K fit ever better.
 */
export type Calibration =
  | BindingFit
  | {
      readonly kind: "no-fit";
      readonly reason: "too-few-points" | "not-determined";
      readonly points: number;
    };

const MAX_STEPS = 500;
/** So many times outside the concentrations a curve is straight or flat between them: K could be anything. */
const FARTHEST_K = 1_000;
/** Steeper than this the curve is a step, for which any steepness fits. */
const LARGEST_LOG_HILL = Math.log(20);

/** Fits a curve of the model; points that are not finite or have a negative concentration are left out. */
export function fitBinding(points: readonly CalibrationPoint[], model: BindingModel): Calibration {
  const usable = points.filter(
    ({ concentration, signal }) =>
      concentration >= 0 && Number.isFinite(concentration) && Number.isFinite(signal),
  );
  const size = model === "hill" ? 4 : 3;
  const noFit = (reason: "too-few-points" | "not-determined"): Calibration => ({
    kind: "no-fit",
    reason,
    points: usable.length,
  });
  if (new Set(usable.map(({ concentration }) => concentration)).size <= size) return noFit("too-few-points");
  const start = bindingStart(usable, model === "hill");
  const best = start === null ? null : descend(usable, start.slice(0, size));
  if (best === null) return noFit("not-determined");
  const linear = solveLeastSquares(jacobian(usable, best), residuals(usable, best));
  if (linear === null) return noFit("not-determined");
  const fit = describe(usable, model, best, linear);
  return isDetermined(fit, usable) ? fit : noFit("not-determined");
}

/** Whether there is a response beyond noise and rounding, and its half lies where the points can tell. */
function isDetermined({ amplitude, k, hill }: BindingFit, points: readonly CalibrationPoint[]): boolean {
  const positive = points.map(({ concentration }) => concentration).filter((one) => one > 0);
  const largest = Math.max(...points.map(({ signal }) => Math.abs(signal)));
  const isResponse = amplitude.low * amplitude.high > 0 && Math.abs(amplitude.value) > 1e-12 * largest;
  const isNear = k.value > Math.min(...positive) / FARTHEST_K && k.value < Math.max(...positive) * FARTHEST_K;
  return isResponse && isNear && (hill === null || Math.abs(Math.log(hill.value)) < LARGEST_LOG_HILL);
}

/** The curve's signal at a concentration. */
export function bindingSignal(fit: BindingFit, concentration: number): number {
  const bound = occupancy(concentration, Math.log(fit.k.value), fit.hill?.value ?? 1);
  return fit.offset.value + fit.amplitude.value * bound;
}

/** Parameters in this order: offset, amplitude, ln K, ln h. Null where the points do not determine a step. */
function descend(points: readonly CalibrationPoint[], start: Float64Array): Float64Array | null {
  let best = start;
  let rest = residuals(points, best);
  let damping = 1e-3;
  for (let step = 0; step < MAX_STEPS; step++) {
    const change = dampedStep(jacobian(points, best), rest, damping);
    if (change === null) return null;
    const next = best.map((value, k) => value + change[k]!);
    const nextRest = residuals(points, next);
    const gain = sumOfSquares(rest) - sumOfSquares(nextRest);
    const isSettled = change.every((value, k) => Math.abs(value) <= 1e-12 * (Math.abs(best[k]!) + 1e-12));
    if (gain >= 0) {
      best = next;
      rest = nextRest;
      damping = Math.max(damping / 10, 1e-15);
    } else damping *= 10;
    // At the optimum rounding decides about the gain; a step that no longer moves is the end either way.
    if (isSettled || damping > 1e12) return best;
  }
  return null;
}

/** Marquardt's damping, by adding to A the rows √λ · |column| for each parameter. */
function dampedStep(columns: readonly Float64Array[], rest: Float64Array, damping: number) {
  const size = columns.length;
  const augmented = columns.map((column, k) => {
    const longer = new Float64Array(column.length + size);
    longer.set(column);
    longer[column.length + k] = Math.sqrt(damping * sumOfSquares(column));
    return longer;
  });
  const rhs = new Float64Array(rest.length + size);
  rhs.set(rest);
  return solveLeastSquares(augmented, rhs)?.solution ?? null;
}

function residuals(points: readonly CalibrationPoint[], parameters: Float64Array): Float64Array {
  const [offset = 0, amplitude = 0, logK = 0, logHill = 0] = parameters;
  return Float64Array.from(
    points,
    ({ concentration, signal }) =>
      signal - offset - amplitude * occupancy(concentration, logK, Math.exp(logHill)),
  );
}

/** Derivatives of the curve by each parameter, one column each. */
function jacobian(points: readonly CalibrationPoint[], parameters: Float64Array): Float64Array[] {
  const [, amplitude = 0, logK = 0, logHill = 0] = parameters;
  const hill = Math.exp(logHill);
  const bound = Float64Array.from(points, ({ concentration }) => occupancy(concentration, logK, hill));
  const slope = bound.map((share) => amplitude * hill * share * (1 - share));
  const byHill = slope.map((value, i) =>
    value === 0 ? 0 : value * (Math.log(points[i]!.concentration) - logK),
  );
  const ones = new Float64Array(points.length).fill(1);
  return [ones, bound, slope.map((value) => -value), byHill].slice(0, parameters.length);
}

function describe(
  points: readonly CalibrationPoint[],
  model: BindingModel,
  best: Float64Array,
  { covariance }: LeastSquares,
): BindingFit {
  const degreesOfFreedom = points.length - best.length;
  const residualSd = Math.sqrt(sumOfSquares(residuals(points, best)) / degreesOfFreedom);
  const reach = studentT95(degreesOfFreedom) * residualSd;
  const interval = (k: number, of: (value: number) => number): FittedParameter => {
    const half = reach * Math.sqrt(covariance[k]![k]!);
    return { value: of(best[k]!), low: of(best[k]! - half), high: of(best[k]! + half) };
  };
  const itself = (value: number) => value;
  return {
    kind: "fit",
    model,
    offset: interval(0, itself),
    amplitude: interval(1, itself),
    k: interval(2, Math.exp),
    hill: model === "hill" ? interval(3, Math.exp) : null,
    residualSd,
    degreesOfFreedom,
  };
}

function sumOfSquares(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
