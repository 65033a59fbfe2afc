/**
 * The one peak finder: from the samples of a sweep to an outcome, whatever baseline is laid under the curve.
 * SWV, DPV and the segments of a CV differ in their samples and baselines, not in this.
 */
import { type HampelParams, hampelFilter } from "./hampel.ts";
import type { Direction, HullBasis, HullOutcome } from "./hull-outcome.ts";
import { derSnrNoise } from "./noise.ts";
import { type Baseline, measurePeak, otherWaves } from "./peak-measure.ts";
import { largestMaximum } from "./peak-shape.ts";
import { noiseGain, smooth } from "./savitzky-golay.ts";
import { automaticWindow, usableSmoothing } from "./smoothing-window.ts";
import type { SweepSamples } from "./sweep-samples.ts";

/** With fewer samples smoothing, noise and baseline say nothing. */
export const MIN_POINTS = 7;

export interface SweepSearch {
  readonly direction: Direction | "auto";
  readonly sg_points: number | "auto";
  readonly sg_degree: number;
  readonly min_snr: number;
  /** V, where the peak may be; null = anywhere. */
  readonly peak_window: readonly [lo: number, hi: number] | null;
  /** V; a peak outside yields to a wave of its own inside; null = no preference. */
  readonly preferred: readonly [lo: number, hi: number] | null;
  readonly hampel: HampelParams | null;
}

/** Lays a baseline under a smoothed curve whose peak points up. Potentials strictly ascending. */
export type LayBaseline = (potentials_v: Float64Array, smoothed: Float64Array) => Baseline;

/** Automatic choices, made. */
export interface SweepChoices {
  readonly direction: Direction;
  readonly sg_points: number;
}

export interface SweepAnalysis {
  readonly outcome: HullOutcome;
  /** In the sign of the measurement; all NaN when there were too few points. */
  readonly smoothed_a: Float64Array;
}

/** Samples as `keepSamples` gives them; parameters validated. Never throws on such input. */
export function analyseSweep(samples: SweepSamples, search: SweepSearch, lay: LayBaseline): SweepAnalysis {
  const points = samples.potentials_v.length;
  if (points < MIN_POINTS) {
    const smoothed_a = new Float64Array(points).fill(Number.NaN);
    return { outcome: { kind: "no-peak", reason: "too-few-points", points }, smoothed_a };
  }
  const { choices, oriented, cleaned } = chooseForSweep(samples, search);
  const smoothing = usableSmoothing(choices.sg_points, search.sg_degree, points);
  const smoothed = smooth(cleaned.currents_a, smoothing.points, smoothing.degree);
  const noise_a = derSnrNoise(samples.currents_a);
  const basis: HullBasis = {
    points,
    sg_points: smoothing.points,
    sg_degree: smoothing.degree,
    direction: choices.direction,
    noise_a,
    smoothed_noise_a: noise_a * noiseGain(smoothing.points, smoothing.degree),
  };
  const baseline = lay(oriented.potentials_v, smoothed);
  const outcome = judge(oriented, smoothed, baseline, basis, search);
  return { outcome, smoothed_a: inDirection(smoothed, choices.direction) };
}

interface ChosenSweep {
  readonly choices: SweepChoices;
  /** Raw samples, turned so that the peak points up. */
  readonly oriented: SweepSamples;
  /** The same without outliers, where a Hampel filter was asked for. */
  readonly cleaned: SweepSamples;
}

/** Direction and smoothing window of one sweep with at least 7 samples. */
export function chooseForSweep(samples: SweepSamples, search: SweepSearch): ChosenSweep {
  const direction = search.direction === "auto" ? meanDirection(samples.currents_a) : search.direction;
  const { potentials_v } = samples;
  const oriented = { potentials_v, currents_a: inDirection(samples.currents_a, direction) };
  const { hampel } = search;
  const cleaned =
    hampel === null ? oriented : { potentials_v, currents_a: hampelFilter(oriented.currents_a, hampel) };
  const sg_points =
    search.sg_points === "auto"
      ? automaticWindow(cleaned, search.sg_degree, search.peak_window)
      : search.sg_points;
  return { choices: { direction, sg_points }, oriented, cleaned };
}

function judge(
  samples: SweepSamples,
  smoothed: Float64Array,
  baseline: Baseline,
  basis: HullBasis,
  search: SweepSearch,
): HullOutcome {
  const { min_snr, peak_window } = search;
  const margin = (basis.sg_points - 1) / 2;
  const floor = baseline.rounding;
  const largest = largestMaximum(samples.potentials_v, baseline.above, { peak_window, margin, floor });
  if (largest === null) return { kind: "no-peak", reason: "no-maximum", ...basis };
  const peak = preferInside(samples.potentials_v, baseline.above, largest, basis, search);
  const numbers = measurePeak(samples, smoothed, baseline, peak, basis, min_snr);
  if (numbers.snr !== null && numbers.snr < min_snr) {
    return { kind: "no-peak", reason: "below-noise", ...numbers };
  }
  return { kind: "peak", ...numbers };
}

/** The largest maximum, unless it lies outside the preferred range and a wave of its own inside. */
function preferInside(
  potentials_v: Float64Array,
  above: Float64Array,
  largest: number,
  basis: HullBasis,
  { preferred, peak_window, min_snr }: SweepSearch,
): number {
  if (preferred === null || isWithin(potentials_v[largest]!, preferred)) return largest;
  // Waves, not maxima: a ripple on the flank of the wave at the edge is no other peak.
  const inside = otherWaves(above, largest, basis, min_snr).find(
    (k) => isWithin(potentials_v[k]!, preferred) && isWithin(potentials_v[k]!, peak_window),
  );
  return inside ?? largest;
}

function isWithin(potential_v: number, range: readonly [lo: number, hi: number] | null): boolean {
  return range === null || (potential_v >= range[0] && potential_v <= range[1]);
}

function meanDirection(currents: Float64Array): Direction {
  let sum = 0;
  for (let i = 0; i < currents.length; i++) sum += currents[i]!;
  return sum >= 0 ? "up" : "down";
}

/** The values themselves for `up`, their negatives for `down`: turns a peak up, and turns results back. */
function inDirection(values: Float64Array, direction: Direction): Float64Array {
  if (direction === "up") return values;
  const turned = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) turned[i] = -values[i]!;
  return turned;
}
