/**
 * Chronoamperometry: the lifetime of an exponential decay of the current after a potential step. Least squares by
 * Levenberg–Marquardt (Levenberg 1944, Marquardt 1963) from the best of a grid of rates in which the other numbers
 * are solved for (variable projection, Golub & Pereyra 1973), so no start values are guessed from single samples.
 */
import { descend, isDetermined } from "./decay-descent.ts";
import { bestRates, type DecaySamples, type SolvedDecay } from "./decay-start.ts";
import { desktopDecay } from "./desktop-decay.ts";

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
   * Two exponentials only: whether the current that stays is fitted, too, or all is done as the SACMES program does:
   * currents without their sign, the current that stays held at the 20th from the end, that program's start values.
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

function fitSamples(samples: DecaySamples, params: LifetimeParams): LifetimeOutcome {
  if (params.model === "bi" && params.background === "sacmes") return fitAsDesktop(samples);
  const points = samples.times.length;
  const numbers = params.model === "mono" ? 3 : 5;
  if (new Set(samples.times).size < SAMPLES_PER_NUMBER * numbers)
    return { kind: "no-fit", reason: "too-few-points", points };
  const noDecay: LifetimeOutcome = { kind: "no-fit", reason: "no-decay", points };
  const mono = determined(samples, 1);
  if (mono === null || !explains(levelSquares(samples), mono.squares, 2, points - 3)) return noDecay;
  if (params.model === "mono") return describe(samples, mono, 3);
  const bi = determined(samples, 2);
  if (bi === null || !explains(mono.squares, bi.squares, 2, points - numbers)) return noDecay;
  return describe(samples, bi, numbers);
}

/** Null where the rates run out of what the samples can tell. */
function determined(samples: DecaySamples, count: 1 | 2): SolvedDecay | null {
  const found = descend(samples, bestRates(samples, count, null), null);
  return found !== null && isDetermined(samples, found) ? found : null;
}

/** Like the desktop program, which does not ask whether one exponential would do; a level current is still no decay. */
function fitAsDesktop(samples: DecaySamples): LifetimeOutcome {
  const points = samples.times.length;
  const found = desktopDecay(samples);
  if (found === "too-few-points") return { kind: "no-fit", reason: found, points };
  const fits =
    found !== "no-decay" && explains(levelSquares(found.samples), found.fit.squares, 3, points - 4);
  if (!fits) return { kind: "no-fit", reason: "no-decay", points };
  const { fit, sign } = found;
  const amplitudes = fit.amplitudes.map((amplitude) => sign * amplitude);
  return describe(found.samples, { ...fit, amplitudes, background: sign * fit.background }, 4);
}

/** F test: whether `numbers` more numbers explain enough more. */
function explains(before: number, after: number, numbers: number, freedom: number): boolean {
  return (before - after) / numbers > (LEAST_F * after) / freedom && before > after;
}

function levelSquares({ currents }: DecaySamples): number {
  const mean = currents.reduce((sum, value) => sum + value, 0) / currents.length;
  return currents.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function describe(samples: DecaySamples, fit: SolvedDecay, numbers: number): LifetimeFit {
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
