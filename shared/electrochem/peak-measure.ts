import { furtherMaxima } from "./further-maxima.ts";
import type { HullBasis, HullPeak, OtherPeak, PeakFlag } from "./hull-outcome.ts";
import { areaUnder, halfWidth } from "./peak-shape.ts";
import { checkQuality } from "./quality-check.ts";
import type { SweepSamples } from "./sweep-samples.ts";

/** How many σ further waves must stand out where the caller applies no limit to the main peak. */
const DISTINCT_SNR = 8;
/** A peak within this share of the range from either end may be a background that rises out of the window. */
const EDGE_SHARE = 0.05;

/** A baseline under a smoothed curve whose peak points up. */
export interface Baseline {
  /** Curve minus baseline, one value per sample. */
  readonly above: Float64Array;
  /** Same unit: whatever is not higher than this above the baseline is rounding. */
  readonly rounding: number;
  /** The samples between which the baseline runs under the maximum at index `peak`. */
  extentAround(peak: number): { readonly left: number; readonly right: number };
}

/**
 * Numbers of the maximum at index `peak`, turned back to the sign of the measurement.
 *
 * @param samples raw, turned so that the peak points up
 * @param smoothed the same samples after smoothing
 * @param min_snr limit that further waves must reach to be reported, too
 */
export function measurePeak(
  samples: SweepSamples,
  smoothed: Float64Array,
  baseline: Baseline,
  peak: number,
  basis: HullBasis,
  min_snr: number,
): HullPeak {
  const { potentials_v } = samples;
  const { above } = baseline;
  const sign = basis.direction === "down" ? -1 : 1;
  const height = above[peak]!;
  const { left, right } = baseline.extentAround(peak);
  const half_width_v = halfWidth(potentials_v, above, peak);
  return {
    ...basis,
    peak_potential_v: potentials_v[peak]!,
    peak_height_a: sign * height,
    peak_current_a: sign * smoothed[peak]!,
    baseline_at_peak_a: sign * (smoothed[peak]! - height),
    peak_area_av: areaUnder(potentials_v, above, left, right),
    half_width_v,
    baseline_left: [potentials_v[left]!, sign * (smoothed[left]! - above[left]!)],
    baseline_right: [potentials_v[right]!, sign * (smoothed[right]! - above[right]!)],
    snr: basis.smoothed_noise_a === 0 ? null : height / basis.smoothed_noise_a,
    other_peaks: otherPeaks(potentials_v, above, peak, basis, min_snr),
    flags: flagsOf(samples, smoothed, peak, half_width_v),
  };
}

/**
 * Indices of the waves that stand apart from the one at `peak`, highest first: at least `min_snr` above the
 * valleys around them, and not what smoothing extrapolated at the ends.
 */
export function otherWaves(above: Float64Array, peak: number, basis: HullBasis, min_snr: number): number[] {
  const { smoothed_noise_a: noise, sg_points } = basis;
  // Without a noise estimate no ripple can be told from a wave.
  if (noise === 0) return [];
  const margin = (sg_points - 1) / 2;
  return furtherMaxima(above, (min_snr > 0 ? min_snr : DISTINCT_SNR) * noise, peak).filter(
    (k) => k >= margin && k < above.length - margin,
  );
}

function otherPeaks(
  potentials_v: Float64Array,
  above: Float64Array,
  peak: number,
  basis: HullBasis,
  min_snr: number,
): OtherPeak[] {
  const sign = basis.direction === "down" ? -1 : 1;
  return otherWaves(above, peak, basis, min_snr).map((k) => ({
    peak_potential_v: potentials_v[k]!,
    peak_height_a: sign * above[k]!,
    snr: above[k]! / basis.smoothed_noise_a,
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
