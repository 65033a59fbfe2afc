import {
  type AnalysisSettings,
  otherTechnique,
  readScans,
  scansFor,
} from "../../shared/analysis/measurement.ts";
import { analysisOf, writeRows } from "../../shared/analysis/technique-analysis.ts";
import type { ParseOutcome } from "../../shared/formats/scan.ts";
import type { NameFields } from "../../shared/protocol/name-pattern.ts";
import type { Entry } from "./entry.ts";

/** What is known of a file besides its bytes. */
export interface FileFacts {
  readonly size_bytes: number;
  readonly mtime_ms: number;
  readonly received_at_ms: number;
  /** What the session's name pattern found in the name. */
  readonly fields: NameFields;
}

/** A file as the log keeps it: the entry, and its rows of the technique's result table (offset not yet set). */
export interface AnalysedFile {
  readonly entry: Entry;
  readonly results: Uint8Array;
}

/** Parses and analyses one file for a session. Pure; never throws on bad content: that is an entry, too. */
export function analyseFile(bytes: Uint8Array, settings: AnalysisSettings, facts: FileFacts): AnalysedFile {
  return analyseParsed(readScans(bytes, settings), settings, facts);
}

/** The same for a file that is parsed already. */
export function analyseParsed(
  parsed: ParseOutcome,
  { technique, params }: AnalysisSettings,
  facts: FileFacts,
): AnalysedFile {
  if (!parsed.ok) {
    const note = { code: parsed.code, message: parsed.message, line: parsed.line ?? null };
    return { entry: emptyEntry("failed", facts, [note]), results: new Uint8Array() };
  }
  const places = scansFor(parsed.scans, technique, facts.fields);
  const first = places[0];
  const provenance = { format: parsed.format, encoding: parsed.encoding };
  if (first === undefined) {
    const note = { code: "other_technique", message: otherTechnique(parsed.scans, technique), line: null };
    return { entry: { ...emptyEntry("skipped", facts, [note]), ...provenance }, results: new Uint8Array() };
  }
  const analysis = analysisOf(technique);
  const remarks = places.flatMap((place) => [...place.scan.warnings, ...analysis.remarks(place, params)]);
  const entry: Entry = {
    ...emptyEntry(
      "analysed",
      facts,
      remarks.map((message) => ({ code: "warning", message, line: null })),
    ),
    ...provenance,
    frequency_hz: first.frequency_hz,
    started_at_ms: instrumentTime(first.scan.started_at),
  };
  const rows = places.flatMap((place) => analysis.rows(place, params));
  return { entry, results: writeRows(technique, rows) };
}

function emptyEntry(status: Entry["status"], facts: FileFacts, notes: Entry["notes"]): Entry {
  const { size_bytes, mtime_ms, received_at_ms, fields } = facts;
  return {
    status,
    size_bytes,
    mtime_ms,
    received_at_ms,
    file_number: fields.n ?? null,
    frequency_hz: fields.f ?? null,
    started_at_ms: null,
    format: null,
    encoding: null,
    notes,
  };
}

/** The instrument's local time without a zone, read as UTC so that differences are right. */
function instrumentTime(text: string | undefined): number | null {
  const time_ms = text === undefined ? Number.NaN : Date.parse(`${text}Z`);
  return Number.isNaN(time_ms) ? null : time_ms;
}
