import { analyseCv, type CvParams, type CvResult, mainPeak } from "./cv.ts";
import type { CvSegment } from "./cv-outcome.ts";
import { type Segment, splitSegments } from "./cv-segments.ts";
import { smoothSweep } from "./probe-current.ts";
import { straightBaseline } from "./straight-baseline.ts";
import { keepSamples } from "./sweep-samples.ts";

/** What a plot of a whole cycle shows, in the order of the scan; all arrays as long as the scan. */
export interface CycleCurves {
  /** NaN outside the analysed segments. */
  readonly smoothed_a: Float64Array;
  /** Under the peak of oxidation of rising segments and of reduction of falling ones; NaN elsewhere. */
  readonly baseline_a: Float64Array;
  readonly segments: readonly (Segment & { readonly analysed: boolean })[];
  readonly result: CvResult;
}

/** The outcome of `analyseCv` with the curves behind it. */
export function cycleCurves(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: CvParams,
  scan_rate_v_s?: number,
): CycleCurves {
  const result = analyseCv(potentials_v, currents_a, params, scan_rate_v_s);
  const measured = new Map(segmentsOf(result).map((segment) => [segment.number, segment]));
  const segments = splitSegments(potentials_v).map((segment) => ({
    ...segment,
    analysed: measured.has(segment.number),
  }));
  const smoothed_a = new Float64Array(potentials_v.length).fill(Number.NaN);
  const baseline_a = new Float64Array(potentials_v.length).fill(Number.NaN);
  for (const { number, from, to } of segments) {
    const segment = measured.get(number);
    if (segment === undefined) continue;
    const part = potentials_v.subarray(from, to);
    smoothed_a.set(smoothedAt(part, currents_a.subarray(from, to), result.sg_points, params.sg_degree), from);
    const peak = mainPeak(segment, result.anodic);
    if (peak !== null) baseline_a.set(straightBaseline(part, peak.baseline_left, peak.baseline_right), from);
  }
  return { smoothed_a, baseline_a, segments, result };
}

/** Every analysed segment once, in the order of the scan; pairs may share some. */
export function segmentsOf({ pairs }: Pick<CvResult, "pairs">): CvSegment[] {
  const all = pairs.flatMap(({ forward, reverse }) => (reverse === null ? [forward] : [forward, reverse]));
  const once = new Map(all.map((segment) => [segment.number, segment]));
  return [...once.values()].sort((a, b) => a.number - b.number);
}

/** The smoothed curve at every sample of the segment, wherever smoothing sorted and merged it. */
function smoothedAt(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  points: number,
  degree: number,
): Float64Array {
  const sorted = smoothSweep(
    keepSamples(potentials_v, currents_a, { skip_start: 0, window: null }),
    points,
    degree,
  );
  const at = new Map<number, number>();
  for (let i = 0; i < sorted.potentials_v.length; i++) at.set(sorted.potentials_v[i]!, sorted.currents_a[i]!);
  return potentials_v.map((potential) => at.get(potential) ?? Number.NaN);
}
