/** What the hull method is asked, and what it answers. Field names are those of results on the wire and in exports. */

import type { HampelParams } from "./hampel.ts";

export type Direction = "up" | "down";

/** Parameters of one analysis. They come validated: integers where counts are meant, lo ≤ hi. */
export interface HullParams {
  /** Which way the peak points; `auto` is up when the mean current of the kept samples is ≥ 0. */
  readonly direction: Direction | "auto";
  /** Smoothing window in samples; 1 = off. An unusable one is made usable, and the outcome says which was used. */
  readonly sg_points: number | "auto";
  readonly sg_degree: number;
  /** Samples dropped from the start of the sweep. */
  readonly skip_start: number;
  /** A peak under this many standard deviations of the smoothed noise is `below-noise`; 0 = do not apply. */
  readonly min_snr: number;
  /** V, analysis window of this frequency's band; null = whole range. */
  readonly window: readonly [lo: number, hi: number] | null;
  /** V, where the peak may be; null = anywhere in the analysis window. */
  readonly peak_window: readonly [lo: number, hi: number] | null;
  /** Takes out single wild samples before smoothing; null or absent = off. */
  readonly hampel?: HampelParams | null;
}

/** Reasons to look at a peak twice. `half-width-missing` cannot happen on a hull; other baselines can leave zero. */
export type PeakFlag = "quality-warning" | "quality-fail" | "near-window-edge" | "half-width-missing";

export type PotentialAndCurrent = readonly [potential_v: number, current_a: number];

/** What is known of every scan with enough samples. */
export interface HullBasis {
  /** Samples kept. */
  readonly points: number;
  readonly sg_points: number;
  readonly sg_degree: number;
  readonly direction: Direction;
  /** σ of the noise on the kept raw samples; 0 for coarsely quantised data. */
  readonly noise_a: number;
  /** σ of what smoothing leaves of that noise. */
  readonly smoothed_noise_a: number;
}

/** A further wave, anywhere in the analysis window, also outside the peak window. */
export interface OtherPeak {
  readonly peak_potential_v: number;
  readonly peak_height_a: number;
  readonly snr: number;
}

/** Numbers of a peak. Heights and currents have the sign of the measurement: a `down` peak's height is negative. */
export interface HullPeak extends HullBasis {
  readonly peak_potential_v: number;
  /**
   * Smoothed current minus baseline. The maximum and the hull both pick noise in their favour: too large by about
   * half a σ of the raw noise with the automatic window, up to 1.5 σ with one much narrower than the peak.
   */
  readonly peak_height_a: number;
  readonly peak_current_a: number;
  readonly baseline_at_peak_a: number;
  /** A·V between curve and baseline over the hull edge under the peak; always positive. */
  readonly peak_area_av: number;
  readonly half_width_v: number | null;
  /** The two hull points between which the baseline runs. */
  readonly baseline_left: PotentialAndCurrent;
  readonly baseline_right: PotentialAndCurrent;
  /** |height| / smoothed_noise_a; null where the noise is 0. */
  readonly snr: number | null;
  /** Highest first, at most 8; empty without a noise estimate. */
  readonly other_peaks: readonly OtherPeak[];
  readonly flags: readonly PeakFlag[];
}

export type HullOutcome =
  | ({ readonly kind: "peak" } & HullPeak)
  | ({ readonly kind: "no-peak"; readonly reason: "below-noise" } & HullPeak)
  | ({ readonly kind: "no-peak"; readonly reason: "no-maximum" } & HullBasis)
  | { readonly kind: "no-peak"; readonly reason: "too-few-points"; readonly points: number };

/** What a plot shows, by ascending potential; all arrays of one length. */
export interface HullCurves {
  readonly potentials_v: Float64Array;
  /** Raw, kept. */
  readonly currents_a: Float64Array;
  /** All NaN when there were too few points. */
  readonly smoothed_a: Float64Array;
  /** The straight line under the peak between its two hull points, NaN elsewhere. */
  readonly baseline_a: Float64Array;
  readonly outcome: HullOutcome;
}
