/** What a CV analysis is asked, and what it answers. Names are those of results on the wire and in exports. */

import type { Segment } from "./cv-segments.ts";
import type { Direction, HullBasis, HullPeak, PeakFlag } from "./hull-outcome.ts";

type PotentialRange = readonly [lo: number, hi: number];

/** Parameters of one CV analysis. They come validated. Potentials in V. */
export interface CvParams {
  /** `hull` for species bound to the surface, `tangent` for species in solution. */
  readonly method: "hull" | "tangent";
  /** Which way peaks of oxidation point; `auto` looks at the charging current: see `anodicDirection`. */
  readonly anodic: Direction | "auto";
  /** Smoothing window in samples; 1 = off. */
  readonly sg_points: number;
  /** Smoothing window as a width in V, which then counts instead of `sg_points`; null = by samples. */
  readonly sg_window_v: number | null;
  readonly sg_degree: number;
  readonly min_snr: number;
  /** Analysis window of every segment; null = all of it. */
  readonly window: PotentialRange | null;
  /** Where peaks may be; null = anywhere in the window. */
  readonly peak_window: PotentialRange | null;
  /** Flat part under which the tangent of a rising or falling sweep is laid; null = the first 15 % of samples. */
  readonly tangent_rising: PotentialRange | null;
  readonly tangent_falling: PotentialRange | null;
  /** Whether a peak within 5 % of a turning point yields to another wave that is not. */
  readonly avoid_turning_points: boolean;
  /** First segments k of the pairs (k, k + 1) that are analysed; null = 1, 3, 5, … */
  readonly pairs: readonly number[] | null;
  /** At most 4; the current there is read off every segment. */
  readonly probes_v: readonly number[];
  /** V/s, for files that do not tell it; null = what the file says. */
  readonly scan_rate_v_s: number | null;
}

export const DEFAULT_CV_PARAMS: CvParams = {
  method: "hull",
  anodic: "auto",
  sg_points: 11,
  sg_window_v: null,
  sg_degree: 2,
  min_snr: 8,
  window: null,
  peak_window: null,
  tangent_rising: null,
  tangent_falling: null,
  avoid_turning_points: true,
  pairs: null,
  probes_v: [],
  scan_rate_v_s: null,
};

/**
 * `near-turning-point`: within 5 % of the segment's range from one of its ends, where the current turns for
 * reasons of its own. `tangent-in-decay`: the tangent of a return sweep rests on the decay of the forward wave.
 */
export type CvFlag = PeakFlag | "near-turning-point" | "tangent-in-decay";

export interface CvPeak extends Omit<HullPeak, "flags"> {
  /** C: area / scan rate; null where nobody told the scan rate. */
  readonly charge_c: number | null;
  readonly flags: readonly CvFlag[];
}

export type CvPeakOutcome =
  | ({ readonly kind: "peak" } & CvPeak)
  | ({ readonly kind: "no-peak"; readonly reason: "below-noise" } & CvPeak)
  | ({ readonly kind: "no-peak"; readonly reason: "no-maximum" } & HullBasis)
  | { readonly kind: "no-peak"; readonly reason: "too-few-points" | "no-tangent"; readonly points: number };

/** One segment: the largest peak that points up, and the largest that points down. */
export interface CvSegment extends Pick<Segment, "number" | "sweep" | "direction"> {
  readonly samples: number;
  /** V, first and last potential. */
  readonly potentials_v: readonly [first: number, last: number];
  readonly up: CvPeakOutcome;
  readonly down: CvPeakOutcome;
  /** A, smoothed, at the last sample: where the sweep turns. */
  readonly turn_current_a: number;
  /** Smoothed current at each probe potential; null outside the segment. */
  readonly probes_a: readonly (number | null)[];
}

/**
 * A segment and the one after it. The anodic peak is that of the rising sweep, the cathodic one that of the
 * falling sweep. Numbers of the pair are null where one of the two has no peak.
 */
export interface CvPair {
  readonly forward: CvSegment;
  /** Null where the scan ends with the first of the two (LSV). */
  readonly reverse: CvSegment | null;
  /** E_pa − E_pc, V. */
  readonly peak_separation_v: number | null;
  /** (E_pa + E_pc) / 2, V. */
  readonly half_wave_potential_v: number | null;
  /** |i_pa / i_pc| of the peak heights. */
  readonly height_ratio: number | null;
  /** Nicholson's ratio of reverse to forward peak current, for `tangent` only. */
  readonly nicholson_ratio: number | null;
}

export interface CvResult {
  /** Segments in the scan, chosen or not. */
  readonly segments: number;
  /** Which way peaks of oxidation point, asked or found. */
  readonly anodic: Direction;
  readonly scan_rate_v_s: number | null;
  /** Smoothing window as it was asked for, in samples. */
  readonly sg_points: number;
  readonly pairs: readonly CvPair[];
}
