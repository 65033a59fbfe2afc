import type { ScanPlace } from "../../shared/analysis/technique-analysis.ts";
import type { ParsedFile, Technique } from "../../shared/formats/scan.ts";
import type { FileFacts } from "../analysis/analyse-file.ts";

/** A file that could be read, with what its name told. */
export interface MeasurementFile {
  /** As it was given. */
  readonly name: string;
  readonly parsed: ParsedFile;
  readonly facts: FileFacts;
}

/** What every record begins with. */
export interface RecordPlace {
  readonly file: string;
  readonly technique: Technique;
  readonly file_number: number | null;
  /** Counts the scans of a technique in the file from 0. */
  readonly scan: number;
  /** In the instrument's own count. */
  readonly cycle: number | null;
  readonly electrode: number;
  readonly frequency_hz: number | null;
  /** Instrument's clock, without a zone. */
  readonly started_at: string | null;
}

export function placeOf(
  { name, facts }: MeasurementFile,
  { scan, index, frequency_hz }: ScanPlace,
  electrode: number,
): RecordPlace {
  return {
    file: name,
    technique: scan.technique,
    file_number: facts.fields.n ?? null,
    scan: index,
    cycle: scan.cycle ?? null,
    electrode,
    frequency_hz,
    started_at: scan.started_at ?? null,
  };
}
