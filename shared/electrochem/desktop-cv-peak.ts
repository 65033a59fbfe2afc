import type { Direction } from "./hull-outcome.ts";

/** The peak of one segment in the SACMES desktop program's way. */

export interface DesktopPeakSearch {
  readonly direction: Direction;
  readonly window: readonly [lo: number, hi: number] | null;
  readonly mass_transport: "surface" | "solution";
  readonly scan_rate_v_s: number | null;
  /** The program files the turning sample that opens a segment under the next sample's potential. */
  readonly opensAtTurn: boolean;
}

export type DesktopPeakOutcome =
  | {
      readonly kind: "peak";
      readonly peak_potential_v: number;
      /** Distance from the baseline, never negative. */
      readonly peak_height_a: number;
      /** A·V; rectangles over the kept samples. */
      readonly peak_area_av: number;
      /** Area / scan rate; null where nobody told the scan rate. */
      readonly charge_c: number | null;
      /** A flank lies at the window's edge: then it may be the turn itself, and the numbers mean nothing. */
      readonly flank_at_edge: boolean;
    }
  | { readonly kind: "no-peak"; readonly reason: "too-few-points" | "no-baseline" };

/** Share of a segment's samples on either side of the lowest flank that give the slope for `solution`. */
const SLOPE_SHARE = 0.02;

/** @param currents smoothed, in the order of the segment; not changed */
export function desktopPeak(
  potentials: Float64Array,
  currents: Float64Array,
  search: DesktopPeakSearch,
): DesktopPeakOutcome {
  const laid = layBaseline(potentials, currents, search);
  if (laid.kind === "no-peak") return laid;
  const { work, baseline, flank_at_edge } = laid;
  const step_v = potentials[1]! - potentials[0]!;
  const { top, charge_av } = aboveBaseline(work.curve, baseline, step_v);
  return {
    kind: "peak",
    peak_potential_v: work.volts[top]!,
    peak_height_a: Math.abs(work.curve[top]! - baseline[top]!),
    peak_area_av: charge_av,
    charge_c: search.scan_rate_v_s === null ? null : charge_av / search.scan_rate_v_s,
    flank_at_edge,
  };
}

/** The line from which that peak is measured, at each sample of the segment; NaN beside it, null without one. */
export function desktopBaseline(
  potentials: Float64Array,
  currents: Float64Array,
  search: DesktopPeakSearch,
): Float64Array | null {
  const laid = layBaseline(potentials, currents, search);
  if (laid.kind === "no-peak") return null;
  const line = new Float64Array(potentials.length).fill(Number.NaN);
  laid.samples.forEach((sample, j) => {
    line[sample] = laid.sign * laid.baseline[j]!;
  });
  return line;
}

interface LaidBaseline {
  readonly kind: "laid";
  /** 1, or −1 where `work` and `baseline` are turned so that the peak points up. */
  readonly sign: 1 | -1;
  /** Samples of the segment from flank to flank; `work` and `baseline` have one value for each. */
  readonly samples: readonly number[];
  readonly work: { readonly volts: Float64Array; readonly curve: Float64Array };
  readonly baseline: Float64Array;
  readonly flank_at_edge: boolean;
}

function layBaseline(
  potentials: Float64Array,
  currents: Float64Array,
  search: DesktopPeakSearch,
): LaidBaseline | Extract<DesktopPeakOutcome, { kind: "no-peak" }> {
  const sign = search.direction === "up" ? 1 : -1;
  const [lo, hi] = search.window ?? [-Infinity, Infinity];
  const inside = [...potentials.keys()].filter((i) => potentials[i]! >= lo && potentials[i]! <= hi);
  const [first = 0] = inside;
  const volts = Float64Array.from(inside, (i) => potentials[i]!);
  // Turned so that the peak points up.
  const curve = Float64Array.from(inside, (i) => sign * currents[i]!);
  if (curve.length < 3) return { kind: "no-peak", reason: "too-few-points" };
  const flanks = findFlanks(volts, curve);
  const from = search.opensAtTurn && first + flanks.left === 0 ? 1 : flanks.left;
  const work = { volts: volts.subarray(from, flanks.right), curve: curve.subarray(from, flanks.right) };
  const baseline =
    search.mass_transport === "surface"
      ? betweenFlanks(curve[flanks.left]!, curve[flanks.right]!, work.curve.length)
      : alongDecay(volts, curve, flanks, work, potentials.length);
  if (baseline === null) return { kind: "no-peak", reason: "no-baseline" };
  const flank_at_edge = flanks.left === 0 || flanks.right === curve.length - 1;
  return { kind: "laid", sign, samples: inside.slice(from, flanks.right), work, baseline, flank_at_edge };
}

interface Flanks {
  /** Samples of the lowest current before and behind the peak, in the window. */
  readonly left: number;
  readonly right: number;
}

/**
 * The lowest current on either side of the first highest one. Where that value occurs more than once, the one
 * nearest in potential to the peak, the later one at equal distance.
 */
function findFlanks(volts: Float64Array, curve: Float64Array): Flanks {
  let peak = 0;
  for (let i = 1; i < curve.length; i++) if (curve[i]! > curve[peak]!) peak = i;
  const lowest = (from: number, to: number) => {
    let best = from;
    for (let i = from + 1; i < to; i++) {
      const isNearer = Math.abs(volts[i]! - volts[peak]!) <= Math.abs(volts[best]! - volts[peak]!);
      if (curve[i]! < curve[best]! || (curve[i] === curve[best] && isNearer)) best = i;
    }
    return best;
  };
  return { left: lowest(0, Math.max(peak, 1)), right: lowest(peak, curve.length) };
}

/** Straight in the number of the sample, and at the right flank's value one sample before that flank. */
function betweenFlanks(left: number, right: number, count: number): Float64Array | null {
  if (count < 2) return null;
  return Float64Array.from({ length: count }, (_, j) => left + ((right - left) * j) / (count - 1));
}

/** Through the lower flank, as steep as the samples around it. */
function alongDecay(
  volts: Float64Array,
  curve: Float64Array,
  { left, right }: Flanks,
  work: { readonly volts: Float64Array; readonly curve: Float64Array },
  samplesInSegment: number,
): Float64Array | null {
  const lower = curve[left]! <= curve[right]! ? left : right;
  const reach = roundHalfToEven(SLOPE_SHARE * samplesInSegment);
  const count = work.curve.length;
  // The program counts `lower` in the window and uses it in the work range, which begins at the left flank.
  const start = Math.min(Math.max(0, lower - reach), count);
  const end = lower < count - lower ? lower + reach : count;
  const last = Math.min(end, count) - 1;
  const run = work.volts[last]! - work.volts[start]!;
  const slope = (work.curve[last]! - work.curve[start]!) / run;
  if (!Number.isFinite(slope)) return null;
  return work.volts.map((potential) => slope * (potential - volts[lower]!) + curve[lower]!);
}

/** Looks only at samples on or above the baseline, or at all where there are none. */
function aboveBaseline(curve: Float64Array, baseline: Float64Array, step_v: number) {
  const all = [...curve.keys()];
  const above = all.filter((i) => baseline[i]! <= curve[i]!);
  const kept = above.length > 0 ? above : all;
  const top = kept.reduce((best, i) => (curve[i]! > curve[best]! ? i : best));
  const sum = kept.slice(1, -1).reduce((total, i) => total + (curve[i]! - baseline[i]!) * step_v, 0);
  return { top, charge_av: Math.abs(sum) };
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const isHalf = value - floor === 0.5;
  return isHalf ? floor + (floor % 2) : Math.round(value);
}
