import type { ParsedFile, Scan, Technique } from "../../shared/formats/scan.ts";
import type { NameFields } from "../../shared/protocol/name-pattern.ts";
import { type FileFacts, scanFrequency, scansFor } from "../analysis/analyse-file.ts";

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

/**
 * The scans of one technique, in the form in which the session's analysis takes them: it knows SWV alone, and asks
 * of a scan only its curves.
 */
export function scansLike(file: MeasurementFile, technique: Technique): Scan[] {
  const wanted = file.parsed.scans.filter((scan) => scan.technique === technique);
  return scansFor(
    wanted.map((scan) => ({ ...scan, technique: "swv" as const })),
    "swv",
    file.facts.fields,
  );
}

export function placeOf(
  file: MeasurementFile,
  technique: Technique,
  scan: Scan,
  index: number,
  electrode: number,
): RecordPlace {
  const { fields }: { readonly fields: NameFields } = file.facts;
  return {
    file: file.name,
    technique,
    file_number: fields.n ?? null,
    scan: index,
    cycle: scan.cycle ?? null,
    electrode,
    frequency_hz: scanFrequency(scan, fields),
    started_at: scan.started_at ?? null,
  };
}
