import { findPulse, type PulseFinding } from "../../shared/analysis/pulse.ts";
import type { OutgoingRow, ScanPlace } from "../../shared/analysis/technique-analysis.ts";
import type { PulseParams } from "../../shared/protocol/analysis-params.ts";
import { RESULT_FLAGS, type ResultFlag } from "../../shared/protocol/log-tables.ts";
import { type MeasurementFile, placeOf, type RecordPlace } from "./measurement-file.ts";

/** One voltammogram with its peak, or the reason why there is none. */
export interface PeakRecord extends RecordPlace {
  readonly record: "peak";
  readonly outcome: string;
  /** The session's own columns for this peak, then what else the method found; null where there is nothing. */
  readonly numbers: Readonly<Record<string, unknown>>;
  readonly flags: readonly string[];
  /** With all choices made. */
  readonly params: PulseParams;
}

export function peakRecords(file: MeasurementFile, place: ScanPlace, params: PulseParams): PeakRecord[] {
  return place.scan.electrodes.map((curve) => {
    const { outcome, row } = findPulse(place, curve, params);
    return {
      record: "peak",
      ...placeOf(file, place, curve.electrode),
      outcome: outcome.kind === "peak" ? "peak" : outcome.reason,
      numbers: { ...columnsOf(row), ...furtherNumbers(outcome) },
      flags: flagNames(row.flags ?? 0),
      params,
    };
  });
}

/** The row without what says where it belongs. */
function columnsOf(row: OutgoingRow): Record<string, unknown> {
  const { scan, electrode, frequency_hz, kind, flags, ...numbers } = row;
  return numbers;
}

/** What the method found beside the columns of the result table. */
function furtherNumbers(outcome: PulseFinding["outcome"]): Record<string, unknown> {
  const { kind, ...found } = outcome;
  const numbers: Record<string, unknown> = found;
  delete numbers.reason;
  delete numbers.flags;
  return numbers;
}

export function flagNames(bits: number): string[] {
  const flags = Object.keys(RESULT_FLAGS) as ResultFlag[]; // the keys of a const object
  return flags.filter((flag) => (bits & RESULT_FLAGS[flag]) !== 0);
}
