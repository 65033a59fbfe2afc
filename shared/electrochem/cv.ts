import { anodicDirection } from "./cv-direction.ts";
import type { CvParams, CvResult } from "./cv-outcome.ts";
import { comparePair } from "./cv-pair.ts";
import { analyseSegment } from "./cv-segment.ts";
import { medianStep, splitSegments } from "./cv-segments.ts";

export {
  type CvPair,
  type CvParams,
  type CvPeakOutcome,
  type CvResult,
  DEFAULT_CV_PARAMS,
} from "./cv-outcome.ts";
export { mainPeak } from "./cv-pair.ts";

/**
 * Cyclic voltammetry of one electrode: the scan is split where the potential turns, and in each chosen pair of
 * segments the one peak finder looks for peaks in both directions. A linear sweep is a scan of one segment.
 * Callers guarantee what `findHullPeak` asks for.
 *
 * @param potentials_v, currents_a in the order of the scan
 * @param scan_rate_v_s as the file tells it; `params.scan_rate_v_s` counts instead when it is set
 */
export function analyseCv(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: CvParams,
  scan_rate_v_s?: number,
): CvResult {
  const segments = splitSegments(potentials_v);
  const anodic =
    params.anodic === "auto" ? anodicDirection(potentials_v, currents_a, segments) : params.anodic;
  const rate = params.scan_rate_v_s ?? scan_rate_v_s ?? null;
  const chosen = { ...params, sg_points: windowInSamples(potentials_v, params), scan_rate_v_s: rate };
  const firsts = params.pairs ?? segments.filter((_, index) => index % 2 === 0).map(({ number }) => number);
  const pairs = firsts.flatMap((number) => {
    const [first, second] = segments.slice(number - 1, number + 1);
    if (first === undefined) return [];
    const forward = analyseSegment(potentials_v, currents_a, first, chosen);
    const reverse = second && analyseSegment(potentials_v, currents_a, second, chosen);
    return [comparePair(forward, reverse ?? null, anodic, params.method)];
  });
  const { sg_points } = chosen;
  return { segments: segments.length, anodic, scan_rate_v_s: rate, sg_points, pairs };
}

/** As many samples as `sg_window_v` holds usual steps; the peak finder makes the number odd and usable. */
function windowInSamples(potentials_v: Float64Array, { sg_points, sg_window_v }: CvParams): number {
  const step_v = medianStep(potentials_v);
  if (sg_window_v === null || step_v === 0) return sg_points;
  // 5 mV of 1 mV steps are 5 samples, also where their quotient is 4.999999999999999.
  return Math.max(1, Math.floor(sg_window_v / step_v + 1e-6));
}
