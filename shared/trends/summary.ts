import { BINDING_FORMULAS, type Calibration, type FittedParameter } from "../electrochem/calibration.ts";
import { replicateGroups } from "../electrochem/replicates.ts";
import type { Note } from "../protocol/note.ts";
import type { TrendSummary } from "../protocol/trend-summary.ts";
import type { DerivedTrends } from "./derived-trends.ts";
import { meanSeries } from "./electrode-band.ts";
import { lineDrift } from "./line-drift.ts";
import { strangeUnits } from "./marks.ts";
import { missingSignal } from "./missing-signal.ts";
import { calibratedTrend } from "./titration.ts";
import { type FileSeries, QUANTITY_UNITS } from "./trace-series.ts";

/** So many groups are about a megabyte of an export's manifest. */
const MOST_GROUPS = 10_000;

interface Line {
  /** Null: the mean of the electrodes that count. */
  readonly electrode: number | null;
  readonly frequency_hz: number | null;
  readonly series: FileSeries;
}

type Parts = Pick<TrendSummary, "drift" | "replicates" | "steps" | "calibration">;

/**
 * Drift, replicates, steps and calibration of the signal that the settings name, by the functions of the screen. It
 * yields between its parts: those of a long run take longer together than other work may wait.
 *
 * @param notes those that the trends were derived with
 */
export function* trendSummary(derived: DerivedTrends, notes: readonly Note[]): Generator<void, TrendSummary> {
  const { params, counted, signalFrequency } = derived;
  const { signal, quantity, axis, unit } = params;
  const x = axis === "hours" ? "h" : "file";
  const ofSignal = signal === "value" ? QUANTITY_UNITS[quantity] : "1";
  const missing = missingSignal(signal, derived);
  const parts: Parts =
    missing === null
      ? yield* measuredParts(derived, notes)
      : {
          drift: [],
          replicates: { size: params.replicates, lines: "all", groups: [] },
          steps: [],
          calibration: { kind: "no-fit", reason: missing, points: 0 },
        };
  return {
    signal,
    quantity,
    missing,
    units: { x, signal: ofSignal, drift: `${ofSignal}/${x}`, concentration: unit },
    electrodes: [...counted],
    ...parts,
    calibrated_hz: signal === "value" || signal === "normalised" ? signalFrequency : null,
    unconverted_units: [...strangeUnits(notes, unit)],
  };
}

function* measuredParts(derived: DerivedTrends, notes: readonly Note[]): Generator<void, Parts> {
  const lines = yield* linesOf(derived);
  const drift: TrendSummary["drift"] = [];
  for (const { electrode, frequency_hz, series } of lines) {
    drift.push({ electrode, frequency_hz, drift: driftFields(lineDrift(series, derived)) });
    yield;
  }
  const replicates = yield* replicatesOf(lines, derived.params.replicates);
  const { result, injections } = calibratedTrend(derived, notes);
  const steps = result.steps.map(({ since, concentration, level, change, points }) => {
    return { from_x: since, concentration, level, change, n: points };
  });
  const points = result.points.length;
  const calibration: TrendSummary["calibration"] =
    injections.length === 0
      ? { kind: "no-fit", reason: "no-injections", points }
      : calibrationFields(result.calibration);
  return { drift, replicates, steps, calibration };
}

/** Every electrode and the mean, at every frequency where the signal has one; those that were measured. */
function* linesOf(derived: DerivedTrends): Generator<void, Line[]> {
  const { signal } = derived.params;
  const frequencies = signal === "ratio" || signal === "kdm" ? [null] : derived.traced;
  const lines: Line[] = [];
  for (const frequency_hz of frequencies) {
    for (const electrode of derived.electrodes) {
      lines.push({ electrode, frequency_hz, series: derived.signal(signal, electrode, frequency_hz) });
      yield;
    }
    lines.push({ electrode: null, frequency_hz, series: meanSeries(derived.band(signal, frequency_hz)) });
    yield;
  }
  return lines.filter(({ series }) => series.keys.length > 0);
}

function driftFields(drift: ReturnType<typeof lineDrift>): TrendSummary["drift"][number]["drift"] {
  if (drift.kind === "no-drift") return drift;
  const { kind, slope, atZero, points } = drift;
  return { kind, slope, at_zero: atZero, points };
}

function* replicatesOf(lines: readonly Line[], size: number): Generator<void, TrendSummary["replicates"]> {
  if (size < 2) return { size, lines: "all", groups: [] };
  const count = lines.reduce((sum, { series }) => sum + Math.floor(series.keys.length / size), 0);
  const isLong = count > MOST_GROUPS;
  const groups: TrendSummary["replicates"]["groups"] = [];
  for (const { electrode, frequency_hz, series } of lines) {
    if (isLong && electrode !== null) continue;
    for (const { x, mean, sd, n } of replicateGroups(series, size))
      groups.push({ electrode, frequency_hz, x, mean: finite(mean), sd: finite(sd), n });
    yield;
  }
  return { size, lines: isLong ? "means" : "all", groups };
}

function calibrationFields(calibration: Calibration): TrendSummary["calibration"] {
  if (calibration.kind === "no-fit") return calibration;
  const { kind, model, k, amplitude, offset, hill, residualSd, degreesOfFreedom } = calibration;
  return {
    kind,
    model,
    formula: BINDING_FORMULAS[model],
    k: limits(k),
    amplitude: limits(amplitude),
    offset: limits(offset),
    hill_n: hill && limits(hill),
    residual_sd: residualSd,
    degrees_of_freedom: degreesOfFreedom,
  };
}

function limits({ value, low, high }: FittedParameter) {
  return { value, low: finite(low), high: finite(high) };
}

/** JSON has no number that is none. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
