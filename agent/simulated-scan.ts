import { Random } from "./random.ts";
import { boundFraction, SCANS_PER_STEP } from "./titration.ts";

/** Currents of one electrode, in the order of the sweep; A. difference = forward - reverse. */
export interface SimulatedElectrode {
  readonly electrode: number;
  readonly difference_a: Float64Array;
  readonly forward_a: Float64Array;
  readonly reverse_a: Float64Array;
}

/** One square wave voltammogram as an instrument would measure it. */
export interface SimulatedScan {
  readonly frequency_hz: number;
  readonly init_v: number;
  readonly final_v: number;
  readonly step_v: number;
  readonly amplitude_v: number;
  /** V; the first is one step after `init_v`, the last is `final_v`. */
  readonly potentials_v: Float64Array;
  readonly electrodes: readonly SimulatedElectrode[];
  /** Height of each electrode's peak without noise, A: what an analysis should find. */
  readonly peakHeights_a: readonly number[];
}

export interface SimulatedScanOptions {
  /** Number of the scan in its series, from 1: drift and titration go by it. */
  readonly number: number;
  readonly frequency_hz?: number;
  readonly electrodes?: number;
  readonly seed?: number;
  readonly step_v?: number;
  /** Standard deviation of the noise, in parts of the peak's height. */
  readonly noise?: number;
  /** Scans at one concentration. */
  readonly scansPerStep?: number;
  /** Part of the signal that full binding adds at 200 Hz, and takes away at 15 Hz. */
  readonly response?: { readonly high: number; readonly low: number };
}

/** A usual sensor; one whose responses are equal has a KDM that is exactly proportional to what is bound. */
const UNEQUAL = { high: 0.35, low: 0.45 } as const;
export const EQUAL_RESPONSE = { high: 0.4, low: 0.4 } as const;

const INIT_V = 0;
const FINAL_V = -0.5;
const AMPLITUDE_V = 0.025;
const PEAK_V = -0.3;
/** Half width at half height of about 55 mV: methylene blue on a gold electrode. */
const PEAK_SIGMA_V = 0.047;
/**
 * An aptamer sensor during a titration: at low frequency the target makes the signal fall, at high frequency it
 * makes it rise, and both fade slowly as the layer wears off. The same options give the same scan.
 */
export function simulatedScan(options: SimulatedScanOptions): SimulatedScan {
  const { number, frequency_hz = 15, electrodes = 4, seed = 1, step_v = 0.001, noise = 0.004 } = options;
  const count = Math.round(Math.abs(FINAL_V - INIT_V) / step_v);
  const potentials_v = Float64Array.from({ length: count }, (_, index) => INIT_V - (index + 1) * step_v);
  const random = new Random(seed * 7_919 + number * 104_729 + Math.round(frequency_hz));
  const peakHeights_a = Array.from({ length: electrodes }, (_, index) =>
    peakHeightA(options, frequency_hz, index, seed),
  );
  const curves = peakHeights_a.map((height_a, index) =>
    curve(index + 1, height_a, potentials_v, number, noise, random),
  );
  const range = { init_v: INIT_V, final_v: FINAL_V, step_v, amplitude_v: AMPLITUDE_V };
  return { frequency_hz, ...range, potentials_v, electrodes: curves, peakHeights_a };
}

function peakHeightA(
  { number, scansPerStep = SCANS_PER_STEP, response = UNEQUAL }: SimulatedScanOptions,
  frequency_hz: number,
  index: number,
  seed: number,
): number {
  // Each electrode has its own area; it stays the same through the series.
  const area = 1 + 0.12 * new Random(seed * 31 + index).normal();
  const change = frequency_hz < 50 ? -response.low : response.high;
  const wear = 0.75 + 0.25 * Math.exp(-number / 400);
  return (
    1.2e-7 *
    Math.sqrt(frequency_hz / 15) *
    Math.max(0.5, area) *
    (1 + change * boundFraction(number, scansPerStep)) *
    wear
  );
}

function curve(
  electrode: number,
  height_a: number,
  potentials_v: Float64Array,
  number: number,
  noise: number,
  random: Random,
): SimulatedElectrode {
  const peakAt_v = PEAK_V - 0.004 * (1 - Math.exp(-number / 200)) + 0.002 * (electrode - 2.5);
  const difference_a = potentials_v.map((potential_v) => {
    const peak = height_a * Math.exp(-((potential_v - peakAt_v) ** 2) / (2 * PEAK_SIGMA_V ** 2));
    // Charging current slopes, and oxygen is reduced towards the negative end.
    const background = height_a * (0.9 - 0.5 * potential_v + 0.25 * Math.exp(-(potential_v + 0.5) / 0.06));
    return peak + background + noise * height_a * random.normal();
  });
  const forward_a = difference_a.map((value) => 0.55 * value + 0.02 * height_a * random.normal());
  const reverse_a = forward_a.map((value, index) => value - (difference_a[index] ?? 0));
  return { electrode, difference_a, forward_a, reverse_a };
}
