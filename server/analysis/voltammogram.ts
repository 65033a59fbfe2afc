import { hullCurves } from "../../shared/electrochem/hull-peak.ts";
import { hullParamsFor } from "../../shared/electrochem/swv.ts";
import type { ElectrodeCurrents, Scan } from "../../shared/formats/scan.ts";
import { ResultTable } from "../../shared/protocol/log-tables.ts";
import type { NameFields } from "../../shared/protocol/name-pattern.ts";
import { curveToBytes } from "../../shared/protocol/numeric-table.ts";
import type { SwvAnalysisParams } from "../../shared/protocol/session.ts";
import type { Voltammogram } from "../../shared/protocol/viewer-events.ts";
import { instrumentDiffers, scanFrequency } from "./analyse-file.ts";
import { resultRow } from "./result-rows.ts";

/** A file whose curves are wanted; `offset` null: it is not in a log (a preview). */
export interface CurveSource {
  readonly name: string;
  readonly offset: number | null;
  readonly scans: readonly Scan[];
  readonly fields: NameFields;
}

/** The curves of every scan and electrode of a file, or of those that `wanted` picks. */
export function voltammogramsOf(
  source: CurveSource,
  params: SwvAnalysisParams,
  wanted: (electrode: number, frequency_hz: number | null) => boolean = () => true,
): Voltammogram[] {
  return source.scans.flatMap((scan, index) => {
    const frequency_hz = scanFrequency(scan, source.fields);
    return scan.electrodes
      .filter(({ electrode }) => wanted(electrode, frequency_hz))
      .map((electrode) => voltammogram(source, params, { scan, index, frequency_hz, electrode }));
  });
}

interface OneCurve {
  readonly scan: Scan;
  readonly index: number;
  readonly frequency_hz: number | null;
  readonly electrode: ElectrodeCurrents;
}

function voltammogram(source: CurveSource, params: SwvAnalysisParams, curve: OneCurve): Voltammogram {
  const { scan, index, frequency_hz, electrode } = curve;
  const curves = hullCurves(
    scan.potentials_v,
    electrode.currents_a,
    hullParamsFor(params, frequency_hz ?? undefined),
  );
  const place = { scan: index, electrode: electrode.electrode, frequency_hz };
  const row = resultRow(place, curves.outcome, instrumentDiffers(scan, electrode, curves.outcome));
  return {
    name: source.name,
    offset: source.offset,
    ...place,
    potentials_v: curveToBytes(curves.potentials_v),
    currents_a: curveToBytes(curves.currents_a),
    smoothed_a: curveToBytes(curves.smoothed_a),
    baseline_a: curveToBytes(curves.baseline_a),
    result: ResultTable.write([{ ...row, offset: source.offset }]),
  };
}
