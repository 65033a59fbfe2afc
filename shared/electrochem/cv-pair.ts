import type { CvPair, CvPeakOutcome, CvSegment } from "./cv-outcome.ts";
import type { MeasuredSegment } from "./cv-segment.ts";
import type { Direction } from "./hull-outcome.ts";

type FoundPeak = Extract<CvPeakOutcome, { kind: "peak" }>;

/** Numbers of a segment and the one after it; `reverse` null where the scan ends before. */
export function comparePair(
  forward: MeasuredSegment,
  reverse: MeasuredSegment | null,
  anodic: Direction,
  method: "hull" | "tangent",
): CvPair {
  const first = mainPeak(forward, anodic);
  const second = reverse === null ? null : mainPeak(reverse, anodic);
  const [anodicPeak, cathodicPeak] = forward.sweep === "rising" ? [first, second] : [second, first];
  const both = anodicPeak !== null && cathodicPeak !== null;
  return {
    forward: withoutSamples(forward),
    reverse: reverse === null ? null : withoutSamples(reverse),
    peak_separation_v: both ? anodicPeak.peak_potential_v - cathodicPeak.peak_potential_v : null,
    half_wave_potential_v: both ? (anodicPeak.peak_potential_v + cathodicPeak.peak_potential_v) / 2 : null,
    height_ratio: both ? Math.abs(anodicPeak.peak_height_a / cathodicPeak.peak_height_a) : null,
    nicholson_ratio:
      method === "tangent" && first !== null && second !== null
        ? nicholsonRatio(first, second, switchingCurrent(forward))
        : null,
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
function nicholsonRatio(forward: FoundPeak, reverse: FoundPeak, switching_a: number): number {
  const returned = -reverse.peak_current_a / forward.peak_height_a;
  return returned + (0.485 * switching_a) / forward.peak_height_a + 0.086;
}

/** A, smoothed, at the last sample of the sweep. */
function switchingCurrent({ smoothed, sweep }: MeasuredSegment): number {
  return smoothed.currents_a.at(sweep === "rising" ? -1 : 0) ?? Number.NaN;
}

function withoutSamples({ smoothed: _samples, ...segment }: MeasuredSegment): CvSegment {
  return segment;
}
