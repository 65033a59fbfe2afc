import { medianInPlace } from "./median.ts";

/** 1.482602 turns a median of absolute deviations into σ; √6 is what 2a − b − c does to independent noise. */
const DER_SNR_FACTOR = 1.482602 / Math.sqrt(6);

/**
 * Standard deviation of the noise on a smooth signal, from second differences over two samples
 * (DER_SNR, Stoehr et al. 2008, ASP Conf. Ser. 394, 505): blind to offset and slope, robust against peaks and
 * single outliers. Assumes noise that is independent from sample to sample.
 *
 * @param values samples in order, same unit as the result
 * @returns 0 for fewer than 5 samples, and for data so coarsely quantised that most differences vanish
 */
export function derSnrNoise(values: Float64Array): number {
  const count = values.length - 4;
  if (count < 1) return 0;
  const differences = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    differences[i] = Math.abs(2 * values[i + 2]! - values[i]! - values[i + 4]!);
  }
  return DER_SNR_FACTOR * medianInPlace(differences);
}
