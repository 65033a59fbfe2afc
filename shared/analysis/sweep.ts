import { analyseCv, type CvResult } from "../electrochem/cv.ts";
import { cycleCurves, segmentsOf } from "../electrochem/cv-curves.ts";
import {
  analyseDesktopCv,
  type DesktopCv,
  type DesktopSweep,
  desktopCurves,
} from "../electrochem/cv-desktop.ts";
import { anodicDirection } from "../electrochem/cv-direction.ts";
import type { CvSegment } from "../electrochem/cv-outcome.ts";
import { splitSegments } from "../electrochem/cv-segments.ts";
import type { Direction } from "../electrochem/hull-outcome.ts";
import type { ElectrodeCurrents } from "../formats/scan.ts";
import type { SweepParams } from "../protocol/analysis-params.ts";
import type { BaselineSweepParams, DesktopSweepParams } from "../protocol/sweep-params.ts";
import type { FurtherPeak } from "../protocol/voltammogram.ts";
import { directionOf, openDirection } from "./oxidation-direction.ts";
import { desktopPeakRow, sweepPeakRow } from "./result-rows.ts";
import type { OutgoingRow, ScanCurve, ScanPlace, TechniqueAnalysis } from "./technique-analysis.ts";

/** CV and linear sweeps: peaks in both directions of every chosen segment. A linear sweep is one segment. */
export const sweepAnalysis: TechniqueAnalysis<SweepParams> = {
  hasOpenChoices: (params) => openDirection(params) === "auto",
  choose: chooseDirections,
  rows: (place, params) =>
    place.scan.electrodes.flatMap((curve) => {
      return params.method === "desktop"
        ? desktopRows(place, curve.electrode, analyseDesktop(place, curve, params), params)
        : segmentRows(place, curve.electrode, analyseCycle(place, curve, params));
    }),
  curve: (place, electrode, params) => {
    const curve = place.scan.electrodes.find((one) => one.electrode === electrode);
    if (curve === undefined) return null;
    return params.method === "desktop" ? drawDesktop(place, curve, params) : drawCycle(place, curve, params);
  },
  remarks: missingSegments,
};

/** One electrode of one scan; the direction of oxidation that counts for this electrode. */
export function analyseCycle(
  { scan }: ScanPlace,
  { electrode, currents_a }: ElectrodeCurrents,
  params: BaselineSweepParams,
): CvResult {
  const own = { ...params, anodic: directionOf(params, electrode) };
  return analyseCv(scan.potentials_v, currents_a, own, scan.scan_rate_v_s);
}

export function analyseDesktop(
  { scan }: ScanPlace,
  { electrode, currents_a }: ElectrodeCurrents,
  params: DesktopSweepParams,
): DesktopCv {
  const own = { ...params, forward_direction: directionOf(params, electrode) };
  return analyseDesktopCv(scan.potentials_v, currents_a, own, scan.scan_rate_v_s);
}

function segmentRows(place: ScanPlace, electrode: number, result: CvResult): OutgoingRow[] {
  return segmentsOf(result).flatMap((segment) =>
    ([1, -1] as const).map((direction) => ({
      ...placeOf(place, electrode),
      segment: segment.number,
      sweep: segment.sweep === "rising" ? 1 : -1,
      direction,
      turn_current_a: segment.turn_current_a,
      ...probes(segment.probes_a),
      ...sweepPeakRow(direction === 1 ? segment.up : segment.down),
    })),
  );
}

function desktopRows(
  place: ScanPlace,
  electrode: number,
  { forward, reverse }: DesktopCv,
  params: DesktopSweepParams,
): OutgoingRow[] {
  const segments = splitSegments(place.scan.potentials_v);
  const rowOf = (sweep: DesktopSweep | null, segment: number): OutgoingRow[] => {
    if (sweep === null) return [];
    return [
      {
        ...placeOf(place, electrode),
        segment,
        sweep: segments[segment - 1]?.sweep === "falling" ? -1 : 1,
        direction: sweep.direction === "up" ? 1 : -1,
        ...probes(sweep.probes_a),
        ...desktopPeakRow(sweep.peak),
      },
    ];
  };
  return [...rowOf(forward, params.forward_segment), ...rowOf(reverse, params.reverse_segment)];
}

function placeOf({ index, frequency_hz }: ScanPlace, electrode: number) {
  return { scan: index, electrode, frequency_hz };
}

function probes([probe_1_a, probe_2_a, probe_3_a, probe_4_a]: readonly (number | null)[]) {
  return {
    probe_1_a: probe_1_a ?? null,
    probe_2_a: probe_2_a ?? null,
    probe_3_a: probe_3_a ?? null,
    probe_4_a: probe_4_a ?? null,
  };
}

function drawCycle(place: ScanPlace, curve: ElectrodeCurrents, params: BaselineSweepParams): ScanCurve {
  const { potentials_v, scan_rate_v_s } = place.scan;
  const own = { ...params, anodic: directionOf(params, curve.electrode) };
  const drawn = cycleCurves(potentials_v, curve.currents_a, own, scan_rate_v_s);
  return {
    x: Float32Array.from(potentials_v),
    currents_a: Float32Array.from(curve.currents_a),
    smoothed_a: Float32Array.from(drawn.smoothed_a),
    baseline_a: Float32Array.from(drawn.baseline_a),
    rows: segmentRows(place, curve.electrode, drawn.result),
    segments: drawn.segments.map(({ number, sweep, from, to, analysed }) => {
      return { segment: number, sweep: sweep === "rising" ? 1 : -1, from, to, analysed };
    }),
    other_peaks: segmentsOf(drawn.result).flatMap(otherPeaks),
  };
}

function otherPeaks({ number, up, down }: CvSegment): FurtherPeak[] {
  return [up, down].flatMap((outcome) =>
    "other_peaks" in outcome ? outcome.other_peaks.map((peak) => ({ segment: number, ...peak })) : [],
  );
}

function drawDesktop(place: ScanPlace, curve: ElectrodeCurrents, params: DesktopSweepParams): ScanCurve {
  const { potentials_v } = place.scan;
  const analysed: readonly number[] = [params.forward_segment, params.reverse_segment];
  const result = analyseDesktop(place, curve, params);
  const drawn = desktopCurves(potentials_v, curve.currents_a, params, result);
  return {
    x: Float32Array.from(potentials_v),
    currents_a: Float32Array.from(curve.currents_a),
    smoothed_a: Float32Array.from(drawn.smoothed_a),
    baseline_a: Float32Array.from(drawn.baseline_a),
    rows: desktopRows(place, curve.electrode, result, params),
    segments: splitSegments(potentials_v).map(({ number, sweep, from, to }) => {
      const rises = sweep === "rising" ? 1 : -1;
      return { segment: number, sweep: rises, from, to, analysed: analysed.includes(number) } as const;
    }),
    other_peaks: [],
  };
}

/**
 * The direction of each electrode on the first scan that has it; that of the lowest electrode counts, and those
 * that differ are noted as inverted: the collector of a pair shows the reduction of what the other one oxidised.
 */
function chooseDirections(scans: readonly ScanPlace[], params: SweepParams): SweepParams | null {
  if (openDirection(params) !== "auto") return params;
  const directions = new Map<number, Direction>();
  for (const place of scans) {
    for (const curve of place.scan.electrodes) {
      const direction = directions.has(curve.electrode) ? null : findDirection(place, curve, params);
      if (direction !== null) directions.set(curve.electrode, direction);
    }
  }
  const electrodes = [...directions.keys()].sort((a, b) => a - b);
  const direction = directions.get(electrodes[0] ?? Number.NaN);
  if (direction === undefined) return null;
  const inverted_electrodes = electrodes.filter((electrode) => directions.get(electrode) !== direction);
  return params.method === "desktop"
    ? { ...params, forward_direction: direction, inverted_electrodes }
    : { ...params, anodic: direction, inverted_electrodes };
}

function findDirection(place: ScanPlace, curve: ElectrodeCurrents, params: SweepParams): Direction | null {
  const { potentials_v } = place.scan;
  if (params.method === "desktop") {
    const { forward } = analyseDesktop(place, curve, params);
    return forward?.direction ?? null;
  }
  const segments = splitSegments(potentials_v);
  return segments.length === 0 ? null : anodicDirection(potentials_v, curve.currents_a, segments);
}

/** A segment that was asked for and is not there has no rows: this says why. */
function missingSegments({ scan, index }: ScanPlace, params: SweepParams): string[] {
  const asked =
    params.method === "desktop" ? [params.forward_segment, params.reverse_segment] : (params.pairs ?? []);
  if (asked.length === 0) return [];
  const { length } = splitSegments(scan.potentials_v);
  const missing = asked.filter((number) => number > length);
  if (missing.length === 0) return [];
  const has = length === 1 ? "1 segment" : `${length} segments`;
  return [`Scan ${index + 1} has ${has}: there is no segment ${missing.join(" or ")} as asked for.`];
}
