/**
 * Chronoamperometry: the lifetime of an exponential decay of the current after a potential step. Least squares by
 * Levenberg–Marquardt (Levenberg 1944, Marquardt 1963) from the best of a grid of rates in which the other numbers
 * are solved for (variable projection, Golub & Pereyra 1973), so no start values are guessed from single samples.
 */
import { bestRates, type DecaySamples, solveAtRates } from "./decay-start.ts";
import { solveLeastSquares } from "./least-squares.ts";

export const DECAY_FORMULAS = {
  mono: "I = A·exp(−t/τ) + C",
  bi: "I = A₁·exp(−t/τ₁) + A₂·exp(−t/τ₂) + C",
} as const;

/** Parameters of a lifetime fit. */
export interface LifetimeParams {
  /** One exponential or two. */
  readonly model: keyof typeof DECAY_FORMULAS;
  /** s; which samples are fitted; null = all after time zero. */
  readonly fit_window_s: readonly [from: number, to: number] | null;
  /**
   * Two exponentials only: whether the current that stays is fitted, too, or held as the SACMES program does, at
   * the 20th current from the end.
   */
  readonly background: "fitted" | "sacmes";
}

export const DEFAULT_LIFETIME_PARAMS: LifetimeParams = {
  model: "mono",
  fit_window_s: null,
  background: "fitted",
};

/** One exponential. What SACMES shows as "Half Life" is the lifetime. */
export interface DecayTerm {
  /** 1/k. */
  readonly lifetime_s: number;
  /** ln 2/k. */
  readonly half_life_s: number;
  /** At time zero. */
  readonly amplitude_a: number;
}

export interface LifetimeFit {
  readonly kind: "fitted";
  readonly points: number;
  /** The faster one first; one or two as the model asks. */
  readonly terms: readonly DecayTerm[];
  /** The current that stays. */
  readonly background_a: number;
  /** Of the samples around the curve, with the degrees of freedom left. */
  readonly residual_sd_a: number;
  /** Share of the variance that the curve explains. */
  readonly r_squared: number;
}

/**
 * `no-decay`: nothing that bends beyond the noise, or so slow or so fast that the samples do not tell a rate; for
 * two exponentials also where one explains the samples as well.
 */
export type LifetimeOutcome =
  | LifetimeFit
  | {
      readonly kind: "no-fit";
      readonly reason: "too-few-points" | "no-decay";
      readonly points: number;
    };

/** What a plot shows: all samples by ascending time. */
export interface DecayCurves {
  readonly times_s: Float64Array;
  readonly currents_a: Float64Array;
  /** NaN outside the fit window, or without a fit. */
  readonly fitted_a: Float64Array;
  readonly outcome: LifetimeOutcome;
}

const SAMPLES_PER_NUMBER = 2;
/** SACMES: C is the 20th current from the end. */
const SACMES_TAIL = 20;
const MAX_STEPS = 200;
/**
 * Least F of the decay against a level current, and of the second exponential against the first alone: the rate is
 * searched for, so noise alone reaches more than the tables of F say. A test calibrates it: under 1 % of white noise.
 */
const LEAST_F = 12;

/** Fits the decay. Samples that are not finite are left out, as are those at or before time zero. */
export function fitLifetime(
  times_s: Float64Array,
  currents_a: Float64Array,
  params: LifetimeParams,
): LifetimeOutcome {
  return fitSamples(keepDecay(times_s, currents_a, params.fit_window_s), params);
}

/** The same outcome with the curves that a plot draws. */
export function decayCurves(
  times_s: Float64Array,
  currents_a: Float64Array,
  params: LifetimeParams,
): DecayCurves {
  const all = keepDecay(times_s, currents_a, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  const outcome = fitLifetime(times_s, currents_a, params);
  const [from, to] = params.fit_window_s ?? [Number.MIN_VALUE, Number.POSITIVE_INFINITY];
  const fitted_a = all.times.map((time) =>
    outcome.kind === "fitted" && time >= from && time <= to ? currentOf(outcome, time) : Number.NaN,
  );
  return { times_s: all.times, currents_a: all.currents, fitted_a, outcome };
}

function currentOf({ terms, background_a }: LifetimeFit, time: number): number {
  return terms.reduce(
    (sum, { amplitude_a, lifetime_s }) => sum + amplitude_a * Math.exp(-time / lifetime_s),
    background_a,
  );
}

function keepDecay(
  times_s: Float64Array,
  currents_a: Float64Array,
  window: LifetimeParams["fit_window_s"],
): DecaySamples {
  const [from, to] = window ?? [Number.MIN_VALUE, Number.POSITIVE_INFINITY];
  const kept = Array.from(times_s.keys()).filter((i) => {
    const time = times_s[i]!;
    return time >= from && time <= to && Number.isFinite(time) && Number.isFinite(currents_a[i]!);
  });
  kept.sort((a, b) => times_s[a]! - times_s[b]!);
  return {
    times: Float64Array.from(kept, (i) => times_s[i]!),
    currents: Float64Array.from(kept, (i) => currents_a[i]!),
  };
}

function fitSamples(samples: DecaySamples, { model, background }: LifetimeParams): LifetimeOutcome {
  const points = samples.times.length;
  const held = model === "bi" && background === "sacmes" ? tailOf(samples.currents) : null;
  const numbers = model === "mono" ? 3 : held === null ? 5 : 4;
  if (new Set(samples.times).size < SAMPLES_PER_NUMBER * numbers)
    return { kind: "no-fit", reason: "too-few-points", points };
  const noDecay: LifetimeOutcome = { kind: "no-fit", reason: "no-decay", points };
  const mono = descend(samples, bestRates(samples, 1, null), null);
  if (mono === null || !explains(levelSquares(samples), mono.squares, 2, points - 3)) return noDecay;
  if (model === "mono") return describe(samples, mono, 3);
  const bi = descend(samples, bestRates(samples, 2, held), held);
  if (bi === null || !explains(mono.squares, bi.squares, 2, points - numbers)) return noDecay;
  return describe(samples, bi, numbers);
}

function tailOf(currents: Float64Array): number {
  return currents[Math.max(0, currents.length - SACMES_TAIL)]!;
}

/** F test: whether `numbers` more numbers explain enough more. */
function explains(before: number, after: number, numbers: number, freedom: number): boolean {
  return (before - after) / numbers > (LEAST_F * after) / freedom && before > after;
}

function levelSquares({ currents }: DecaySamples): number {
  const mean = currents.reduce((sum, value) => sum + value, 0) / currents.length;
  return currents.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

interface Descent {
  /** ln k, faster first. */
  readonly logRates: readonly number[];
  readonly amplitudes: readonly number[];
  readonly background: number;
  readonly squares: number;
}

/** Null where the rate runs out of what the samples can tell. */
function descend(
  samples: DecaySamples,
  start: readonly number[] | null,
  held: number | null,
): Descent | null {
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
  return isDetermined(samples, best) ? best : null;
}

/** One damped step of the logarithms of the rates; amplitudes and background move with them. */
function rateChange(
  samples: DecaySamples,
  at: Descent,
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
function isDetermined({ times }: DecaySamples, { logRates }: Descent): boolean {
  const first = times[0]!;
  const span = times[times.length - 1]! - first;
  const step = times[1]! - first;
  return logRates.every((logRate) => {
    const lifetime = Math.exp(-logRate);
    return lifetime < 10 * span && lifetime > step / 5;
  });
}

function describe(samples: DecaySamples, fit: Descent, numbers: number): LifetimeFit {
  const points = samples.times.length;
  const terms = fit.logRates.map((logRate, k) => {
    const lifetime_s = Math.exp(-logRate);
    return { lifetime_s, half_life_s: Math.LN2 * lifetime_s, amplitude_a: fit.amplitudes[k]! };
  });
  return {
    kind: "fitted",
    points,
    terms: terms.sort((a, b) => a.lifetime_s - b.lifetime_s),
    background_a: fit.background,
    residual_sd_a: Math.sqrt(fit.squares / Math.max(1, points - numbers)),
    r_squared: 1 - fit.squares / levelSquares(samples),
  };
}
