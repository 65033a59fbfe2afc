import type { HampelParams } from "./hampel.ts";
import type { HullParams } from "./hull-outcome.ts";

/** Analysis windows by frequency, as all SWV methods have them. */
export interface PotentialBands {
  /** Hz; frequencies up to and including it use `low_window`, those above `high_window`. */
  readonly cutoff_hz: number;
  /** V; null = whole range. */
  readonly low_window: readonly [lo: number, hi: number] | null;
  /** V; null = whole range. */
  readonly high_window: readonly [lo: number, hi: number] | null;
}

/** Analysis parameters of an SWV session. */
export interface SwvParams extends PotentialBands {
  readonly method: "hull";
  readonly direction: HullParams["direction"];
  readonly sg_points: HullParams["sg_points"];
  readonly sg_degree: number;
  readonly skip_start: number;
  readonly min_snr: number;
  /** V; where the peak may be, at any frequency; null = anywhere. */
  readonly peak_window: readonly [lo: number, hi: number] | null;
  /** Takes out single wild samples before smoothing; null or absent = off. */
  readonly hampel?: HampelParams | null;
}

export const DEFAULT_SWV_PARAMS: SwvParams = {
  method: "hull",
  direction: "auto",
  sg_points: "auto",
  sg_degree: 2,
  skip_start: 1,
  // At most 1 % of scans of white noise alone reach 8; a test calibrates it.
  min_snr: 8,
  cutoff_hz: 50,
  low_window: null,
  high_window: null,
  peak_window: null,
};

/**
 * Parameters for one scan, with the window of its frequency's band. A scan whose frequency nobody told
 * (`undefined`) belongs to neither band and is analysed over its whole range.
 */
export function hullParamsFor(params: SwvParams, frequency_hz: number | undefined): HullParams {
  const { direction, sg_points, sg_degree, skip_start, min_snr, peak_window } = params;
  return {
    direction,
    sg_points,
    sg_degree,
    skip_start,
    min_snr,
    peak_window,
    window: bandWindow(params, frequency_hz),
    ...(params.hampel && { hampel: params.hampel }),
  };
}

/** The analysis window of a frequency's band; null where there is none, or nobody told the frequency. */
export function bandWindow(params: PotentialBands, frequency_hz: number | undefined): HullParams["window"] {
  if (frequency_hz === undefined) return null;
  return frequency_hz <= params.cutoff_hz ? params.low_window : params.high_window;
}
