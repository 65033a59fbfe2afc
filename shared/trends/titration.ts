import { type Calibration, type CalibrationPoint, fitBinding } from "../electrochem/calibration.ts";
import { type Injection, injectionSteps, type Plateau } from "../electrochem/injection-steps.ts";
import type { TrendSeries } from "../electrochem/trend-series.ts";
import type { TrendParams } from "../protocol/trend-params.ts";

/** The levels between injections, and the binding curve through them. */
export interface Titration {
  readonly steps: readonly Plateau[];
  /** Levels whose concentration is known. */
  readonly points: readonly CalibrationPoint[];
  readonly calibration: Calibration;
}

export function titration(
  series: TrendSeries,
  injections: readonly Injection[],
  { settle, initial_concentration, model }: TrendParams,
): Titration {
  const steps = injectionSteps(series, injections, settle, initial_concentration);
  const points = steps.flatMap(({ concentration, level }) =>
    concentration === null || level === null ? [] : [{ concentration, signal: level }],
  );
  return { steps, points, calibration: fitBinding(points, model) };
}
