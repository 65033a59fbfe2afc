import type { CvPair, CvPeakOutcome, CvSegment } from "./cv-outcome.ts";
import type { Direction } from "./hull-outcome.ts";

type FoundPeak = Extract<CvPeakOutcome, { kind: "peak" }>;

/** What the numbers of a pair are made of. */
export interface PairPeak {
  readonly peak_potential_v: number;
  readonly peak_height_a: number;
  readonly peak_current_a: number;
}

/** The two sweeps of a pair: of each the peak that counts, null where it was not found. */
export interface PairSweeps {
  readonly forward: PairPeak | null;
  readonly reverse: PairPeak | null;
  readonly forwardRises: boolean;
  /** A, smoothed, where the forward sweep ends. */
  readonly turn_current_a: number;
}

export type PairNumbers = Pick<
  CvPair,
  "peak_separation_v" | "half_wave_potential_v" | "height_ratio" | "nicholson_ratio"
>;

/** Numbers of a segment and the one after it; `reverse` null where the scan ends before. */
export function comparePair(
  forward: CvSegment,
  reverse: CvSegment | null,
  anodic: Direction,
  method: "hull" | "tangent",
): CvPair {
  const sweeps: PairSweeps = {
    forward: mainPeak(forward, anodic),
    reverse: reverse === null ? null : mainPeak(reverse, anodic),
    forwardRises: forward.sweep === "rising",
    turn_current_a: forward.turn_current_a,
  };
  return { forward, reverse, ...pairNumbers(sweeps, method === "tangent") };
}

/** @param withNicholson heights stand on a tangent, so Nicholson's ratio means something */
export function pairNumbers(
  { forward, reverse, forwardRises, turn_current_a }: PairSweeps,
  withNicholson: boolean,
): PairNumbers {
  if (forward === null || reverse === null)
    return {
      peak_separation_v: null,
      half_wave_potential_v: null,
      height_ratio: null,
      nicholson_ratio: null,
    };
  const [anodic, cathodic] = forwardRises ? [forward, reverse] : [reverse, forward];
  return {
    peak_separation_v: anodic.peak_potential_v - cathodic.peak_potential_v,
    half_wave_potential_v: (anodic.peak_potential_v + cathodic.peak_potential_v) / 2,
    height_ratio: Math.abs(anodic.peak_height_a / cathodic.peak_height_a),
    nicholson_ratio: withNicholson ? nicholsonRatio(forward, reverse, turn_current_a) : null,
  };
}

/** Oxidation on the rising sweep, reduction on the falling one. Null where that peak was not found. */
export function mainPeak(segment: CvSegment, anodic: Direction): FoundPeak | null {
  const outcome = (segment.sweep === "rising") === (anodic === "up") ? segment.up : segment.down;
  return outcome.kind === "peak" ? outcome : null;
}

/**
 * Ratio of reverse to forward peak current without a baseline for the return sweep (R. S. Nicholson, Anal. Chem.
 * 1966, 38, 1406): (i_pr)₀/i_pf + 0.485·(i_sp)₀/i_pf + 0.086, where i_pf is the forward peak above its own baseline
 * and (i_pr)₀, (i_sp)₀ are the currents of the return peak and of the turning point against zero current, each
 * counted positive in its own sweep's direction. 1 for a stable product. Needs a current that has no other
 * contribution: charging current is not taken off.
 */
function nicholsonRatio(forward: PairPeak, reverse: PairPeak, switching_a: number): number {
  const returned = -reverse.peak_current_a / forward.peak_height_a;
  return returned + (0.485 * switching_a) / forward.peak_height_a + 0.086;
}
