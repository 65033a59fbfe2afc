import { hullCurves } from "../../shared/electrochem/hull-peak.ts";
import { hullParamsFor } from "../../shared/electrochem/swv.ts";
import type { ElectrodeCurrents, Scan } from "../../shared/formats/scan.ts";
import type { NameFields } from "../../shared/protocol/name-pattern.ts";
import type { SwvAnalysisParams } from "../../shared/protocol/session.ts";
import type { OutgoingVoltammogram } from "../../shared/protocol/voltammogram.ts";
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
): OutgoingVoltammogram[] {
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

function voltammogram(source: CurveSource, params: SwvAnalysisParams, curve: OneCurve): OutgoingVoltammogram {
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
    potentials_v: Float32Array.from(curves.potentials_v),
    currents_a: Float32Array.from(curves.currents_a),
    smoothed_a: Float32Array.from(curves.smoothed_a),
    baseline_a: Float32Array.from(curves.baseline_a),
    result: { ...row, offset: source.offset },
  };
}
