import type { CvFlag, CvParams, CvPeak, CvPeakOutcome, CvSegment } from "./cv-outcome.ts";
import type { Segment } from "./cv-segments.ts";
import type { Direction, HullOutcome, HullPeak } from "./hull-outcome.ts";
import { layHull } from "./hull-peak.ts";
import { currentAt, smoothSweep } from "./probe-current.ts";
import { analyseSweep, type LayBaseline, type SweepSearch } from "./sweep-peak.ts";
import { keepSamples, type SweepSamples } from "./sweep-samples.ts";
import { layTangent, tangentRange } from "./tangent-baseline.ts";

/** Within this share of a segment's range from its ends the current turns for reasons of its own. */
const TURNING_SHARE = 0.05;

/**
 * The peaks of one segment of one electrode, in both directions, and its currents at the probe potentials.
 *
 * @param params `sg_points` and `scan_rate_v_s` are taken as they are: `analyseCv` has settled them for the scan
 */
export function analyseSegment(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  segment: Segment,
  params: CvParams,
): CvSegment {
  const { number, sweep, direction, from, to } = segment;
  const whole = keepSamples(potentials_v.subarray(from, to), currents_a.subarray(from, to), {
    skip_start: 0,
    window: null,
  });
  const smoothed = smoothSweep(whole, params.sg_points, params.sg_degree);
  return {
    number,
    sweep,
    direction,
    samples: to - from,
    potentials_v: [potentials_v[from]!, potentials_v[to - 1]!],
    up: findSegmentPeak(whole, segment, "up", params),
    down: findSegmentPeak(whole, segment, "down", params),
    turn_current_a: smoothed.currents_a.at(sweep === "rising" ? -1 : 0) ?? Number.NaN,
    probes_a: params.probes_v.map((probe_v) => currentAt(smoothed, probe_v)),
  };
}

function findSegmentPeak(
  whole: SweepSamples,
  segment: Segment,
  direction: Direction,
  params: CvParams,
): CvPeakOutcome {
  const { window, peak_window, sg_points, sg_degree, min_snr } = params;
  const samples = keepSamples(whole.potentials_v, whole.currents_a, { skip_start: 0, window });
  const lay = baselineOf(samples.potentials_v, segment, params);
  if (lay === null) return { kind: "no-peak", reason: "no-tangent", points: samples.potentials_v.length };
  const inner = awayFromTurns(whole.potentials_v);
  const search: SweepSearch = {
    direction,
    sg_points,
    sg_degree,
    min_snr,
    peak_window,
    preferred: params.avoid_turning_points ? inner : null,
    hampel: null,
  };
  const { outcome } = analyseSweep(samples, search, lay);
  return addToOutcome(outcome, (peak) => {
    const flags: CvFlag[] = [...peak.flags];
    if (peak.peak_potential_v < inner[0] || peak.peak_potential_v > inner[1])
      flags.push("near-turning-point");
    if (params.method === "tangent" && segment.direction === "reverse") flags.push("tangent-in-decay");
    const { scan_rate_v_s } = params;
    return { ...peak, flags, charge_c: scan_rate_v_s === null ? null : peak.peak_area_av / scan_rate_v_s };
  });
}

/** Null: a tangent has no flat part to rest on. */
function baselineOf(
  potentials_v: Float64Array,
  { sweep }: Segment,
  { method, tangent_rising, tangent_falling }: CvParams,
): LayBaseline | null {
  if (method === "hull") return layHull;
  const range = tangentRange(potentials_v, sweep, sweep === "rising" ? tangent_rising : tangent_falling);
  return range === null ? null : (potentials, smoothed) => layTangent(potentials, smoothed, range);
}

/** V; the segment without 5 % of its range at either end. */
function awayFromTurns(potentials_v: Float64Array): readonly [lo: number, hi: number] {
  const lowest = potentials_v[0] ?? 0;
  const highest = potentials_v[potentials_v.length - 1] ?? 0;
  const share_v = TURNING_SHARE * (highest - lowest);
  return [lowest + share_v, highest - share_v];
}

function addToOutcome(outcome: HullOutcome, add: (peak: HullPeak) => CvPeak): CvPeakOutcome {
  if (outcome.kind === "peak") return { ...outcome, ...add(outcome) };
  return outcome.reason === "below-noise" ? { ...outcome, ...add(outcome) } : outcome;
}
