/**
 * SWV method `classic`: the number of the SACMES desktop program, for labs that continue an old series. The
 * height is the highest minus the lowest value of a polynomial through the smoothed curve. There is no baseline:
 * a sloping background adds to the height, and a peak that points down has one, too.
 *
 * Callers guarantee what `findHullPeak` asks for. Samples that are not finite are left out.
 */
import { desktopWindow } from "./desktop-window.ts";
import { legacyPolynomialFit } from "./legacy-polynomial-fit.ts";
import { polynomialFit } from "./polynomial-fit.ts";
import { smooth } from "./savitzky-golay.ts";

export interface ClassicParams {
  /** mV. */
  readonly sg_window_mv: number;
  readonly sg_degree: number;
  readonly poly_degree: number;
  /** `stable`: the least-squares polynomial itself; `legacy`: what the desktop program's own arithmetic makes of it. */
  readonly fit: "stable" | "legacy";
  /** V; which samples are fitted. Smoothing always uses all of them. Null = all. */
  readonly window: readonly [lo: number, hi: number] | null;
  /** Drops as many samples from the end as stand at exactly 0 V, as the desktop program does. */
  readonly legacy_zero_trim: boolean;
}

export const DEFAULT_CLASSIC_PARAMS: Omit<ClassicParams, "window"> = {
  sg_window_mv: 5,
  sg_degree: 1,
  poly_degree: 15,
  fit: "stable",
  legacy_zero_trim: false,
};

export interface ClassicPeak {
  readonly points_in_window: number;
  readonly sg_points: number;
  /** max P − min P, never negative. */
  readonly peak_height_a: number;
  readonly highest_a: number;
  readonly lowest_a: number;
  /** Potential of the first maximum of P. */
  readonly peak_potential_v: number;
  /** A·V between the smoothed curve and its own minimum. */
  readonly auc_av: number;
  /** The same with the desktop program's sign: negative for a falling sweep. */
  readonly auc_signed_av: number;
}

export type ClassicOutcome =
  | ({ readonly kind: "peak" } & ClassicPeak)
  | { readonly kind: "no-peak"; readonly reason: "too-few-points"; readonly points: number };

export function findClassicPeak(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: ClassicParams,
): ClassicOutcome {
  return analyse(potentials_v, currents_a, params).outcome;
}

/** What a plot shows, by ascending potential; all arrays of one length. */
export interface ClassicCurves {
  readonly potentials_v: Float64Array;
  /** Raw, all samples that are finite. */
  readonly currents_a: Float64Array;
  /** The polynomial; NaN outside the window. */
  readonly smoothed_a: Float64Array;
  /** The polynomial's lowest value, level; NaN outside the window. */
  readonly baseline_a: Float64Array;
}

/** The curves behind `findClassicPeak`. */
export function classicCurves(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: ClassicParams,
): ClassicCurves {
  const { potentials, currents, isKept, polynomial, outcome } = analyse(potentials_v, currents_a, params);
  const order = Uint32Array.from(potentials.keys()).sort((a, b) => potentials[a]! - potentials[b]!);
  const fitted = new Float64Array(potentials.length).fill(Number.NaN);
  let kept = 0;
  for (let i = 0; i < potentials.length; i++)
    if (isKept(potentials[i]!) && kept < polynomial.length) fitted[i] = polynomial[kept++]!;
  const lowest = outcome.kind === "peak" ? outcome.lowest_a : Number.NaN;
  const inOrder = (values: Float64Array) => Float64Array.from(order, (i) => values[i]!);
  const smoothed_a = inOrder(fitted);
  return {
    potentials_v: inOrder(potentials),
    currents_a: inOrder(currents),
    smoothed_a,
    baseline_a: smoothed_a.map((value) => (Number.isNaN(value) ? Number.NaN : lowest)),
  };
}

function analyse(potentials_v: Float64Array, currents_a: Float64Array, params: ClassicParams) {
  const samples = finiteSamples(potentials_v, currents_a, params.legacy_zero_trim);
  const { potentials, currents } = samples;
  const [lo, hi] = params.window ?? [-Infinity, Infinity];
  const isKept = (potential: number) => potential >= lo && potential <= hi;
  const sg_points = desktopWindow(potentials, params.sg_window_mv, params.sg_degree);
  const tooFew = (points: number) => {
    const outcome: ClassicOutcome = { kind: "no-peak", reason: "too-few-points", points };
    return { ...samples, isKept, polynomial: new Float64Array(), outcome };
  };
  if (sg_points === null) return tooFew(potentials.length);
  const smoothed = lastOfEach(potentials, smooth(currents, sg_points, params.sg_degree));
  const kept = potentials.filter(isKept);
  const curve = smoothed.filter((_, i) => isKept(potentials[i]!));
  if (kept.length < 2) return tooFew(kept.length);
  const fitPolynomial = params.fit === "legacy" ? legacyPolynomialFit : polynomialFit;
  const polynomial = fitPolynomial(kept, curve, params.poly_degree);
  const { lowest, highest, top } = extremes(polynomial);
  const auc_signed_av = areaAboveMinimum(kept, curve);
  const outcome: ClassicOutcome = {
    kind: "peak",
    points_in_window: kept.length,
    sg_points,
    peak_height_a: highest - lowest,
    highest_a: highest,
    lowest_a: lowest,
    peak_potential_v: kept[top]!,
    auc_av: Math.abs(auc_signed_av),
    auc_signed_av,
  };
  return { ...samples, isKept, polynomial, outcome };
}

function finiteSamples(potentials_v: Float64Array, currents_a: Float64Array, trimZeros: boolean) {
  const isSample = (i: number) => Number.isFinite(potentials_v[i]!) && Number.isFinite(currents_a[i]!);
  const potentials = potentials_v.filter((_, i) => isSample(i));
  const currents = currents_a.filter((_, i) => isSample(i));
  const zeros = trimZeros ? potentials.filter((potential) => potential === 0).length : 0;
  const count = potentials.length - zeros;
  return { potentials: potentials.subarray(0, count), currents: currents.subarray(0, count) };
}

/** A potential that occurs more than once answers with the current of its last occurrence. */
function lastOfEach(potentials: Float64Array, currents: Float64Array): Float64Array {
  const last = new Map<number, number>();
  for (let i = 0; i < potentials.length; i++) last.set(potentials[i]!, currents[i]!);
  return last.size === potentials.length ? currents : currents.map((_, i) => last.get(potentials[i]!)!);
}

function extremes(values: Float64Array): { lowest: number; highest: number; top: number } {
  let lowest = values[0]!;
  let top = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! < lowest) lowest = values[i]!;
    if (values[i]! > values[top]!) top = i;
  }
  return { lowest, highest: values[top]!, top };
}

/** Trapezoids over the samples in file order. */
function areaAboveMinimum(potentials: Float64Array, curve: Float64Array): number {
  const { lowest } = extremes(curve);
  let area = 0;
  for (let i = 1; i < curve.length; i++) {
    const mean = (curve[i]! - lowest + (curve[i - 1]! - lowest)) / 2;
    area += mean * (potentials[i]! - potentials[i - 1]!);
  }
  return area;
}
