import { packVoltammograms, type VoltammogramPack } from "../protocol/voltammogram.ts";
import type { AnalysisSettings } from "./measurement.ts";
import { analysisOf, type ScanPlace } from "./technique-analysis.ts";

/** A file whose curves are wanted; `offset` null: it is not in a log (a preview). */
export interface CurveSource {
  readonly name: string;
  readonly offset: number | null;
  readonly scans: readonly ScanPlace[];
}

/** The curves of every scan and electrode of a file, or of those that `wanted` picks, ready to travel. */
export function packCurves(
  { name, offset, scans }: CurveSource,
  { technique, params }: AnalysisSettings,
  wanted: (electrode: number, frequency_hz: number | null) => boolean = () => true,
): VoltammogramPack {
  const analysis = analysisOf(technique);
  const curves = scans.flatMap((place) =>
    place.scan.electrodes.flatMap(({ electrode }) => {
      const { index, frequency_hz } = place;
      if (!wanted(electrode, frequency_hz)) return [];
      const curve = analysis.curve(place, electrode, params);
      if (curve === null) return [];
      const rows = curve.rows.map((row) => ({ ...row, offset }));
      return [{ ...curve, rows, name, offset, scan: index, electrode, frequency_hz }];
    }),
  );
  return packVoltammograms(technique, curves);
}
