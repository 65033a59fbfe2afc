import { decayAnalysis } from "../../shared/analysis/decay.ts";
import type { ScanPlace } from "../../shared/analysis/technique-analysis.ts";
import type { CaParams } from "../../shared/protocol/ca-params.ts";
import { RESULT_KINDS } from "../../shared/protocol/log-tables.ts";
import { type MeasurementFile, placeOf, type RecordPlace } from "./measurement-file.ts";

/** One fitted decay, or the reason why there is none. */
export interface DecayRecord extends RecordPlace {
  readonly record: "decay";
  readonly outcome: string;
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly params: CaParams;
}

export function decayRecords(file: MeasurementFile, place: ScanPlace, params: CaParams): DecayRecord[] {
  return decayAnalysis.rows(place, params).map((row) => {
    const { scan, electrode, kind, ...numbers } = row;
    return {
      record: "decay",
      ...placeOf(file, place, electrode ?? 0),
      outcome: RESULT_KINDS[kind ?? -1] ?? "no-decay",
      numbers: Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value ?? null])),
      params,
    };
  });
}
