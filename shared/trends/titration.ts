import { type Calibration, type CalibrationPoint, fitBinding } from "../electrochem/calibration.ts";
import { type Injection, injectionSteps, type Plateau } from "../electrochem/injection-steps.ts";
import type { TrendSeries } from "../electrochem/trend-series.ts";
import type { Note } from "../protocol/note.ts";
import type { TrendParams } from "../protocol/trend-params.ts";
import type { DerivedTrends } from "./derived-trends.ts";
import { meanSeries } from "./electrode-band.ts";
import { injectionsOf } from "./marks.ts";
import type { FileSeries } from "./trace-series.ts";
import type { SweepPeak } from "./trend-log.ts";

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

export interface CalibratedTrend {
  /** What the levels are taken from: the mean of the electrodes that count. */
  readonly series: FileSeries;
  readonly injections: readonly Injection[];
  readonly result: Titration;
}

/**
 * Steps and calibration of the signal that the settings name.
 *
 * @param notes those that the trends were derived with
 * @param sweep which peak of a CV; none for other techniques
 */
export function calibratedTrend(
  derived: DerivedTrends,
  notes: readonly Note[],
  sweep?: SweepPeak,
): CalibratedTrend {
  const { params, files, placed, signalFrequency } = derived;
  const series = meanSeries(derived.band(params.signal, signalFrequency, sweep));
  const injections = injectionsOf(notes, files, placed, params.unit);
  return { series, injections, result: titration(series, injections, params) };
}
