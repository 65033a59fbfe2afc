/**
 * SWV method `sacmes-web`: the numbers of the SACMES web program, for labs that continue a series of it. It takes
 * the extremum furthest from zero current, so a large background can win, and sets its windows from each scan anew:
 * for new series use `hull`. Its area is that between curve and baseline, not the program's residual of a fit.
 *
 * Callers guarantee what `findHullPeak` asks for. Equal potentials are merged, samples that are not finite left out.
 */
import { lowerHull } from "./convex-hull.ts";
import { type HampelParams, hampelFilter } from "./hampel.ts";
import { hullEdgeAround } from "./hull-baseline.ts";
import type { HullCurves, PotentialAndCurrent } from "./hull-outcome.ts";
import { checkQuality, type Quality } from "./quality-check.ts";
import { automaticPoints, usablePoints, widthFromZero } from "./sacmes-web-window.ts";
import { smooth } from "./savitzky-golay.ts";
import { straightBaseline } from "./straight-baseline.ts";
import { keepSamples, type SweepSamples } from "./sweep-samples.ts";

export interface SacmesWebParams {
  readonly sg_points: number | "auto" | "off";
  readonly sg_degree: number;
  readonly hampel: HampelParams | "auto" | "off";
  /** V; null = all. */
  readonly window: readonly [lo: number, hi: number] | null;
  /** V; the program cuts the samples to it, too; null = all. */
  readonly peak_window: readonly [lo: number, hi: number] | null;
}

export const DEFAULT_SACMES_WEB_PARAMS: Omit<SacmesWebParams, "window" | "peak_window"> = {
  sg_points: "auto",
  sg_degree: 2,
  hampel: "off",
};

export interface SacmesWebPeak {
  readonly points: number;
  /** Used; null = off. */
  readonly sg_points: number | null;
  readonly hampel_points: number | null;
  readonly peak_potential_v: number;
  /** Above the baseline; negative for a valley. */
  readonly peak_height_a: number;
  readonly baseline_at_peak_a: number;
  readonly baseline_left: PotentialAndCurrent;
  readonly baseline_right: PotentialAndCurrent;
  /** A·V between smoothed curve and baseline over the hull edge; positive. */
  readonly peak_area_av: number;
  /** Where the raw current is half its maximum, counted from zero; null where a side does not come down to it. */
  readonly half_width_v: number | null;
  readonly quality: Quality;
}

export type SacmesWebOutcome =
  | ({ readonly kind: "peak" } & SacmesWebPeak)
  | { readonly kind: "no-peak"; readonly reason: "too-few-points" | "no-maximum"; readonly points: number };

export function findSacmesWebPeak(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: SacmesWebParams,
): SacmesWebOutcome {
  return analyse(potentials_v, currents_a, params).outcome;
}

/** The curves behind `findSacmesWebPeak`. */
export function sacmesWebCurves(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: SacmesWebParams,
): Omit<HullCurves, "outcome"> {
  const { raw, smoothed, outcome } = analyse(potentials_v, currents_a, params);
  const baseline_a =
    outcome.kind === "peak"
      ? straightBaseline(raw.potentials_v, outcome.baseline_left, outcome.baseline_right)
      : new Float64Array(raw.potentials_v.length).fill(Number.NaN);
  return { ...raw, smoothed_a: smoothed, baseline_a };
}

interface Analysis {
  /** By ascending potential, in the window. */
  readonly raw: SweepSamples;
  /** All NaN when there were too few points. */
  readonly smoothed: Float64Array;
  readonly outcome: SacmesWebOutcome;
}

function analyse(potentials_v: Float64Array, currents_a: Float64Array, params: SacmesWebParams): Analysis {
  const windowed = keepSamples(potentials_v, currents_a, { skip_start: 0, window: params.window });
  const raw = keepSamples(windowed.potentials_v, windowed.currents_a, {
    skip_start: 0,
    window: params.peak_window,
  });
  const points = raw.potentials_v.length;
  const half_width_v = widthFromZero(raw);
  const hampel =
    params.hampel === "auto" ? automaticPoints.hampel(raw.potentials_v, half_width_v) : params.hampel;
  const cleaned = hampel === "off" ? raw.currents_a : hampelFilter(raw.currents_a, hampel);
  const asked =
    params.sg_points === "auto"
      ? automaticPoints.smoothing(raw.potentials_v, half_width_v)
      : params.sg_points;
  const sg_points = asked === "off" ? null : usablePoints(asked, params.sg_degree, points);
  // The program's derivative needs two neighbours, its smoothing a window that fits.
  if (points < 3 || sg_points === "unusable") {
    const smoothed = new Float64Array(points).fill(Number.NaN);
    return { raw, smoothed, outcome: { kind: "no-peak", reason: "too-few-points", points } };
  }
  const smoothed = sg_points === null ? cleaned : smooth(cleaned, sg_points, params.sg_degree);
  const peak = furthestExtremum(raw.potentials_v, smoothed);
  if (peak === null) return { raw, smoothed, outcome: { kind: "no-peak", reason: "no-maximum", points } };
  const outcome: SacmesWebOutcome = {
    kind: "peak",
    points,
    sg_points,
    hampel_points: hampel === "off" ? null : hampel.points,
    ...aboveHull({ potentials_v: raw.potentials_v, currents_a: smoothed }, peak),
    half_width_v,
    quality: checkQuality(raw.currents_a, smoothed),
  };
  return { raw, smoothed, outcome };
}

interface Extremum {
  readonly index: number;
  readonly isValley: boolean;
}

/**
 * Where the derivative changes sign: of the highest maximum and the lowest minimum the one further from zero, the
 * minimum when both are as far.
 */
function furthestExtremum(potentials_v: Float64Array, curve: Float64Array): Extremum | null {
  const slope = derivative(potentials_v, curve);
  let top: number | null = null;
  let bottom: number | null = null;
  for (let k = 1; k < slope.length; k++) {
    const before = slope[k - 1]!;
    const here = slope[k]!;
    if (before > 0 && here <= 0 && (top === null || curve[k]! > curve[top]!)) top = k;
    if (before < 0 && here >= 0 && (bottom === null || curve[k]! < curve[bottom]!)) bottom = k;
  }
  if (top !== null && (bottom === null || Math.abs(curve[top]!) > Math.abs(curve[bottom]!))) {
    return { index: top, isValley: false };
  }
  return bottom === null ? null : { index: bottom, isValley: true };
}

/** Second-order differences for uneven steps, one-sided at the ends (numpy.gradient, edge_order 1). */
function derivative(x: Float64Array, y: Float64Array): Float64Array {
  const last = x.length - 1;
  return x.map((_, k) => {
    if (k === 0) return (y[1]! - y[0]!) / (x[1]! - x[0]!);
    if (k === last) return (y[last]! - y[last - 1]!) / (x[last]! - x[last - 1]!);
    const a = x[k]! - x[k - 1]!;
    const b = x[k + 1]! - x[k]!;
    return (a * a * y[k + 1]! + (b * b - a * a) * y[k]! - b * b * y[k - 1]!) / (a * b * (a + b));
  });
}

function aboveHull({ potentials_v, currents_a }: SweepSamples, { index, isValley }: Extremum) {
  const hull = lowerHull(potentials_v, isValley ? currents_a.map((current) => -current) : currents_a, 0);
  const { left, right } = hullEdgeAround(hull, index);
  const slope = (currents_a[right]! - currents_a[left]!) / (potentials_v[right]! - potentials_v[left]!);
  const line = (k: number) => currents_a[left]! + slope * (potentials_v[k]! - potentials_v[left]!);
  let area = 0;
  for (let k = left; k < right; k++) {
    const mean = (currents_a[k]! - line(k) + (currents_a[k + 1]! - line(k + 1))) / 2;
    area += mean * (potentials_v[k + 1]! - potentials_v[k]!);
  }
  return {
    peak_potential_v: potentials_v[index]!,
    peak_height_a: currents_a[index]! - line(index),
    baseline_at_peak_a: line(index),
    baseline_left: [potentials_v[left]!, currents_a[left]!] as const,
    baseline_right: [potentials_v[right]!, currents_a[right]!] as const,
    peak_area_av: Math.abs(area),
  };
}
