/**
 * CV method `desktop`: the numbers of the SACMES desktop program with its oddities, for labs that continue an old
 * series. For new ones use `hull` or `tangent`.
 */
import { splitSegments } from "./cv-segments.ts";
import {
  type DesktopPeakOutcome,
  type DesktopPeakSearch,
  desktopBaseline,
  desktopPeak,
} from "./desktop-cv-peak.ts";
import { desktopWindow } from "./desktop-window.ts";
import type { Direction } from "./hull-outcome.ts";
import { smooth } from "./savitzky-golay.ts";

export interface DesktopCvParams {
  /** mV; null = no smoothing. */
  readonly sg_window_mv: number | null;
  readonly sg_degree: number;
  /** V; null = all. */
  readonly window: readonly [lo: number, hi: number] | null;
  /** Whose straight line lies under the peak: from flank to flank, or along the decay. */
  readonly mass_transport: "surface" | "solution";
  readonly forward_segment: number;
  readonly reverse_segment: number;
  /** Which way the forward peak points; `auto`: up when the forward sweep has the larger maximum. */
  readonly forward_direction: Direction | "auto";
  /** At most 4. */
  readonly probes_v: readonly number[];
  readonly scan_rate_v_s: number | null;
}

export const DEFAULT_DESKTOP_CV_PARAMS: DesktopCvParams = {
  sg_window_mv: 1,
  sg_degree: 1,
  window: null,
  mass_transport: "surface",
  forward_segment: 1,
  reverse_segment: 2,
  forward_direction: "auto",
  probes_v: [],
  scan_rate_v_s: null,
};

export interface DesktopSweep {
  readonly direction: Direction;
  readonly peak: DesktopPeakOutcome;
  /** A; smoothed current of the sample nearest to each probe potential. */
  readonly probes_a: readonly number[];
}

export interface DesktopCv {
  readonly segments: number;
  /** Used; null = off. */
  readonly sg_points: number | null;
  readonly scan_rate_v_s: number | null;
  /** Null where the scan has no such segment, or too few samples to smooth. */
  readonly forward: DesktopSweep | null;
  readonly reverse: DesktopSweep | null;
  /** |E_p forward − E_p reverse|, V. */
  readonly peak_separation_v: number | null;
}

/** Callers guarantee what `findHullPeak` asks for, and finite samples. */
export function analyseDesktopCv(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: DesktopCvParams,
  file_rate_v_s?: number,
): DesktopCv {
  const segments = splitSegments(potentials_v);
  const rate = params.scan_rate_v_s ?? file_rate_v_s ?? null;
  const { points, smoothed } = smoothForDesktop(potentials_v, currents_a, params);
  const sweepOf = (number: number): Sweep | null => {
    const segment = points === null ? undefined : segments[number - 1];
    if (segment === undefined) return null;
    const { from, to } = segment;
    return { potentials: potentials_v.subarray(from, to), currents: smoothed.subarray(from, to), number };
  };
  const forward = sweepOf(params.forward_segment);
  const reverse = sweepOf(params.reverse_segment);
  const direction = forwardDirection(forward, reverse, params);
  const opposite = direction === "up" ? "down" : "up";
  const found = {
    forward: forward && measure(forward, direction, params, rate),
    reverse: reverse && measure(reverse, opposite, params, rate),
  };
  return {
    segments: segments.length,
    sg_points: params.sg_window_mv === null ? null : points,
    scan_rate_v_s: rate,
    ...found,
    peak_separation_v: separation(found.forward, found.reverse),
  };
}

/** What a plot shows of this method, in the order of the scan: NaN where nothing was analysed, or no line laid. */
export function desktopCurves(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  params: DesktopCvParams,
  { forward, reverse }: Pick<DesktopCv, "forward" | "reverse">,
): { readonly smoothed_a: Float64Array; readonly baseline_a: Float64Array } {
  const segments = splitSegments(potentials_v);
  const { smoothed } = smoothForDesktop(potentials_v, currents_a, params);
  const smoothed_a = new Float64Array(potentials_v.length).fill(Number.NaN);
  const baseline_a = new Float64Array(potentials_v.length).fill(Number.NaN);
  const draw = (sweep: DesktopSweep | null, number: number): void => {
    const segment = segments[number - 1];
    if (sweep === null || segment === undefined) return;
    const { from, to } = segment;
    const part = smoothed.subarray(from, to);
    smoothed_a.set(part, from);
    const search = searchOf(params, sweep.direction, number, null);
    const line = desktopBaseline(potentials_v.subarray(from, to), part, search);
    line?.forEach((value, i) => {
      if (!Number.isNaN(value)) baseline_a[from + i] = value;
    });
  };
  draw(forward, params.forward_segment);
  draw(reverse, params.reverse_segment);
  return { smoothed_a, baseline_a };
}

/** `points`: null where the scan has too few samples to smooth. */
function smoothForDesktop(
  potentials_v: Float64Array,
  currents_a: Float64Array,
  { sg_window_mv, sg_degree }: DesktopCvParams,
): { readonly points: number | null; readonly smoothed: Float64Array } {
  const points = sg_window_mv === null ? 1 : desktopWindow(potentials_v, sg_window_mv, sg_degree);
  const smoothed = points === null || points === 1 ? currents_a : smooth(currents_a, points, sg_degree);
  return { points, smoothed };
}

function searchOf(
  { window, mass_transport }: DesktopCvParams,
  direction: Direction,
  number: number,
  scan_rate_v_s: number | null,
): DesktopPeakSearch {
  return { direction, window, mass_transport, scan_rate_v_s, opensAtTurn: number > 1 };
}

interface Sweep {
  readonly potentials: Float64Array;
  readonly currents: Float64Array;
  readonly number: number;
}

function forwardDirection(
  forward: Sweep | null,
  reverse: Sweep | null,
  { forward_direction, window }: DesktopCvParams,
): Direction {
  if (forward_direction !== "auto") return forward_direction;
  return highest(reverse, window) < highest(forward, window) ? "up" : "down";
}

function highest(sweep: Sweep | null, window: DesktopCvParams["window"]): number {
  const [lo, hi] = window ?? [-Infinity, Infinity];
  let largest = -Infinity;
  for (const [i, potential] of sweep?.potentials.entries() ?? []) {
    const current = sweep?.currents[i] ?? -Infinity;
    if (potential >= lo && potential <= hi && current > largest) largest = current;
  }
  return largest;
}

function measure(
  { potentials, currents, number }: Sweep,
  direction: Direction,
  params: DesktopCvParams,
  scan_rate_v_s: number | null,
): DesktopSweep {
  return {
    direction,
    peak: desktopPeak(potentials, currents, searchOf(params, direction, number, scan_rate_v_s)),
    probes_a: params.probes_v.map((probe_v) => currents[nearest(potentials, probe_v)]!),
  };
}

/** The first of the nearest samples. */
function nearest(potentials: Float64Array, probe_v: number): number {
  let best = 0;
  for (let i = 1; i < potentials.length; i++)
    if (Math.abs(potentials[i]! - probe_v) < Math.abs(potentials[best]! - probe_v)) best = i;
  return best;
}

function separation(forward: DesktopSweep | null, reverse: DesktopSweep | null): number | null {
  if (forward?.peak.kind !== "peak" || reverse?.peak.kind !== "peak") return null;
  return Math.abs(forward.peak.peak_potential_v - reverse.peak.peak_potential_v);
}
