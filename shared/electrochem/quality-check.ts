import { largestMagnitude } from "./largest-magnitude.ts";

export type Quality = "pass" | "warning" | "fail";

/** Limits of the quality check that the SACMES web program prints; labs know its verdicts. */
const GOOD = { noiseRatio: 1.2, retention: 0.95, residual: 0.1 };
const FAIR = { noiseRatio: 1.05, retention: 0.9, residual: 0.2 };

/**
 * Did smoothing remove noise without removing signal? Three ratios, each good, fair or poor: steps of the raw
 * curve against those of the smoothed one, largest absolute current kept, and what was taken away against the
 * range of the raw curve. Two good ones pass; two that are at least fair give a warning.
 *
 * @param raw A, at least 2 samples in order of potential
 * @param smoothed A, same length
 */
export function checkQuality(raw: Float64Array, smoothed: Float64Array): Quality {
  const rawSteps = stepDeviation(raw);
  const smoothedSteps = stepDeviation(smoothed);
  const noiseRatio = rawSteps === 0 || smoothedSteps === 0 ? 1 : rawSteps / smoothedSteps;
  const retention = largestMagnitude(raw) === 0 ? 1 : largestMagnitude(smoothed) / largestMagnitude(raw);
  const span = range(raw);
  const residual = span === 0 ? 0 : differenceDeviation(raw, smoothed) / span;
  const passed = (limits: typeof GOOD) =>
    Number(noiseRatio >= limits.noiseRatio) +
    Number(retention >= limits.retention) +
    Number(residual <= limits.residual);
  if (passed(GOOD) >= 2) return "pass";
  return passed(FAIR) >= 2 ? "warning" : "fail";
}

/** Population standard deviation of the steps from sample to sample. */
function stepDeviation(values: Float64Array): number {
  const count = values.length - 1;
  const mean = (values[count]! - values[0]!) / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i + 1]! - values[i]! - mean) ** 2;
  return Math.sqrt(squares / count);
}

/** Population standard deviation of a − b. */
function differenceDeviation(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! - b[i]!;
  const mean = sum / a.length;
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]! - mean) ** 2;
  return Math.sqrt(squares / a.length);
}

function range(values: Float64Array): number {
  let least = values[0]!;
  let most = least;
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  return most - least;
}
