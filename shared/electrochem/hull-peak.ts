/**
 * SWV method `hull`: the peak above a straight baseline that touches the smoothed voltammogram on both sides
 * (one edge of its lower convex hull). Adding any straight line to the currents changes nothing but the currents.
 *
 * Callers guarantee potentials in V and currents in A, in sweep order, of equal length, |current| < 1e150, and
 * validated parameters. Samples that are not finite are left out. Nothing here throws on such input.
 */
import { furtherMaxima } from "./further-maxima.ts";
import { type HullBaseline, hullEdgeAround, subtractHull } from "./hull-baseline.ts";
import type {
  Direction,
  HullBasis,
  HullCurves,
  HullOutcome,
  HullParams,
  HullPeak,
  OtherPeak,
  PeakFlag,
} from "./hull-outcome.ts";
import { derSnrNoise } from "./noise.ts";
import { areaUnder, halfWidth, largestMaximum } from "./peak-shape.ts";
import { checkQuality } from "./quality-check.ts";
import { noiseGain, smooth } from "./savitzky-golay.ts";
import { automaticWindow, usableSmoothing } from "./smoothing-window.ts";
import { keepSamples, type SweepSamples } from "./sweep-samples.ts";

export type { HullCurves, HullOutcome, HullParams } from "./hull-outcome.ts";
export { proposePeakWindow } from "./peak-window.ts";

/** With fewer samples smoothing, noise and hull say nothing. */
const MIN_POINTS = 7;
/** How many σ further waves must stand out where the caller applies no limit to the main peak. */
const DISTINCT_SNR = 8;
/** A peak within this share of the range from either end may be a background that rises out of the window. */
const EDGE_SHARE = 0.05;

/** Automatic choices, made. */
export interface HullChoices {
  readonly direction: Direction;
  readonly sg_points: number;
}

/** Finds the peak of one electrode in one scan. See the top of the file for what callers guarantee. */
export function findHullPeak(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: HullParams,
): HullOutcome {
  return analyse(keepSamples(potentials_v, currents_a, params), params).outcome;
}

/** The same outcome together with the curves that a plot draws, from one computation. */
export function hullCurves(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: HullParams,
): HullCurves {
  const samples = keepSamples(potentials_v, currents_a, params);
  const { outcome, smoothed_a } = analyse(samples, params);
  const baseline_a = new Float64Array(samples.potentials_v.length).fill(Number.NaN);
  if ("baseline_left" in outcome) drawBaseline(samples.potentials_v, outcome, baseline_a);
  return { ...samples, smoothed_a, baseline_a, outcome };
}

/**
 * Makes the automatic choices on one scan, so that a session can fix them on its first scans and keep them: a
 * window that changes from scan to scan bends a trend by several per cent. Null when the scan has too few samples
 * to choose from and something is left to choose: ask the next scan.
 */
export function resolveAuto(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: HullParams,
): HullChoices | null {
  const { direction, sg_points } = params;
  if (direction !== "auto" && sg_points !== "auto") return { direction, sg_points };
  const samples = keepSamples(potentials_v, currents_a, params);
  return samples.potentials_v.length < MIN_POINTS ? null : choose(samples, params).choices;
}

interface Analysis {
  readonly outcome: HullOutcome;
  readonly smoothed_a: Float64Array;
}

function analyse(samples: SweepSamples, params: HullParams): Analysis {
  const points = samples.potentials_v.length;
  if (points < MIN_POINTS) {
    const smoothed_a = new Float64Array(points).fill(Number.NaN);
    return { outcome: { kind: "no-peak", reason: "too-few-points", points }, smoothed_a };
  }
  const { choices, oriented } = choose(samples, params);
  const smoothing = usableSmoothing(choices.sg_points, params.sg_degree, points);
  const smoothed = smooth(oriented.currents_a, smoothing.points, smoothing.degree);
  const noise_a = derSnrNoise(samples.currents_a);
  const basis: HullBasis = {
    points,
    sg_points: smoothing.points,
    sg_degree: smoothing.degree,
    direction: choices.direction,
    noise_a,
    smoothed_noise_a: noise_a * noiseGain(smoothing.points, smoothing.degree),
  };
  const outcome = judge(oriented, smoothed, basis, params);
  return { outcome, smoothed_a: inDirection(smoothed, choices.direction) };
}

/** Direction and window, and the samples turned so that the peak points up. */
function choose(samples: SweepSamples, params: HullParams): { choices: HullChoices; oriented: SweepSamples } {
  const direction = params.direction === "auto" ? meanDirection(samples.currents_a) : params.direction;
  const oriented = {
    potentials_v: samples.potentials_v,
    currents_a: inDirection(samples.currents_a, direction),
  };
  const sg_points =
    params.sg_points === "auto"
      ? automaticWindow(oriented, params.sg_degree, params.peak_window)
      : params.sg_points;
  return { choices: { direction, sg_points }, oriented };
}

function judge(
  samples: SweepSamples,
  smoothed: Float64Array,
  basis: HullBasis,
  params: HullParams,
): HullOutcome {
  const baseline = subtractHull(samples.potentials_v, smoothed);
  const peak = largestMaximum(samples.potentials_v, baseline.above, {
    peak_window: params.peak_window,
    margin: (basis.sg_points - 1) / 2,
    floor: baseline.rounding,
  });
  if (peak === null) return { kind: "no-peak", reason: "no-maximum", ...basis };
  const numbers = measure(samples, smoothed, baseline, peak, basis, params);
  if (numbers.snr !== null && numbers.snr < params.min_snr) {
    return { kind: "no-peak", reason: "below-noise", ...numbers };
  }
  return { kind: "peak", ...numbers };
}

/** Numbers of the maximum at index `peak`, turned back to the sign of the measurement. */
function measure(
  samples: SweepSamples,
  smoothed: Float64Array,
  { hull, above }: HullBaseline,
  peak: number,
  basis: HullBasis,
  params: HullParams,
): HullPeak {
  const { potentials_v } = samples;
  const sign = basis.direction === "down" ? -1 : 1;
  const height = above[peak]!;
  const { left, right } = hullEdgeAround(hull, peak);
  const half_width_v = halfWidth(potentials_v, above, peak);
  return {
    ...basis,
    peak_potential_v: potentials_v[peak]!,
    peak_height_a: sign * height,
    peak_current_a: sign * smoothed[peak]!,
    baseline_at_peak_a: sign * (smoothed[peak]! - height),
    peak_area_av: areaUnder(potentials_v, above, left, right),
    half_width_v,
    baseline_left: [potentials_v[left]!, sign * smoothed[left]!],
    baseline_right: [potentials_v[right]!, sign * smoothed[right]!],
    snr: basis.smoothed_noise_a === 0 ? null : height / basis.smoothed_noise_a,
    other_peaks: otherPeaks(potentials_v, above, peak, basis, params.min_snr),
    flags: flagsOf(samples, smoothed, peak, half_width_v),
  };
}

function otherPeaks(
  potentials_v: Float64Array,
  above: Float64Array,
  peak: number,
  basis: HullBasis,
  min_snr: number,
): OtherPeak[] {
  const { smoothed_noise_a: noise, direction, sg_points } = basis;
  // Without a noise estimate no ripple can be told from a wave.
  if (noise === 0) return [];
  const sign = direction === "down" ? -1 : 1;
  const margin = (sg_points - 1) / 2;
  return furtherMaxima(above, (min_snr > 0 ? min_snr : DISTINCT_SNR) * noise, peak)
    .filter((k) => k >= margin && k < above.length - margin)
    .map((k) => ({
      peak_potential_v: potentials_v[k]!,
      peak_height_a: sign * above[k]!,
      snr: above[k]! / noise,
    }));
}

function flagsOf(
  { potentials_v, currents_a }: SweepSamples,
  smoothed: Float64Array,
  peak: number,
  half_width_v: number | null,
): PeakFlag[] {
  const flags: PeakFlag[] = [];
  const quality = checkQuality(currents_a, smoothed);
  if (quality !== "pass") flags.push(`quality-${quality}`);
  const lowest = potentials_v[0]!;
  const highest = potentials_v[potentials_v.length - 1]!;
  const edge_v = EDGE_SHARE * (highest - lowest);
  const peak_v = potentials_v[peak]!;
  if (peak_v - lowest < edge_v || highest - peak_v < edge_v) flags.push("near-window-edge");
  if (half_width_v === null) flags.push("half-width-missing");
  return flags;
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

function drawBaseline(potentials_v: Float64Array, peak: HullPeak, into: Float64Array): void {
  const [left_v, left_a] = peak.baseline_left;
  const [right_v, right_a] = peak.baseline_right;
  const slope = (right_a - left_a) / (right_v - left_v);
  for (let i = 0; i < into.length; i++) {
    const potential = potentials_v[i]!;
    if (potential >= left_v && potential <= right_v) into[i] = left_a + slope * (potential - left_v);
  }
}
