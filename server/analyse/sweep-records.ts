import { analyseCycle, analyseDesktop } from "../../shared/analysis/sweep.ts";
import type { ScanPlace } from "../../shared/analysis/technique-analysis.ts";
import type { CvPair, CvResult } from "../../shared/electrochem/cv.ts";
import type { DesktopCv } from "../../shared/electrochem/cv-desktop.ts";
import type { SweepParams } from "../../shared/protocol/analysis-params.ts";
import type { BaselineSweepParams, DesktopSweepParams } from "../../shared/protocol/sweep-params.ts";
import { type MeasurementFile, placeOf, type RecordPlace } from "./measurement-file.ts";

/** One pair of segments of one electrode; a linear sweep is a pair without its second. */
export interface PairRecord extends RecordPlace, CvPair, Omit<CvResult, "pairs" | "sg_points"> {
  readonly record: "segment-pair";
  /** With all choices made. */
  readonly params: BaselineSweepParams;
}

/** Two segments of one electrode in the desktop program's numbers. */
export interface DesktopRecord extends RecordPlace, DesktopCv {
  readonly record: "desktop-cv";
  /** With all choices made. */
  readonly params: DesktopSweepParams;
}

export function sweepRecords(
  file: MeasurementFile,
  place: ScanPlace,
  params: SweepParams,
): (PairRecord | DesktopRecord)[] {
  return place.scan.electrodes.flatMap((curve): (PairRecord | DesktopRecord)[] => {
    const own = placeOf(file, place, curve.electrode);
    if (params.method === "desktop")
      return [{ record: "desktop-cv", ...own, ...analyseDesktop(place, curve, params), params }];
    const { pairs, segments, anodic, scan_rate_v_s } = analyseCycle(place, curve, params);
    return pairs.map((pair) => {
      return { record: "segment-pair", ...own, segments, anodic, scan_rate_v_s, ...pair, params };
    });
  });
}
