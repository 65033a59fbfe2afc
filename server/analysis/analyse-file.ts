import { parseFile } from "../../shared/formats/registry.ts";
import type { ParseOutcome, Scan } from "../../shared/formats/scan.ts";
import type { AnalysisParams, SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import type { NameFields } from "../../shared/protocol/name-pattern.ts";
import type { Entry } from "./entry.ts";
import { analysisOf, type ScanPlace, scanTechniqueOf, writeRows } from "./technique-analysis.ts";

/** What is known of a file besides its bytes. */
export interface FileFacts {
  readonly size_bytes: number;
  readonly mtime_ms: number;
  readonly received_at_ms: number;
  /** What the session's name pattern found in the name. */
  readonly fields: NameFields;
}

/** How a session looks at its files. */
export interface AnalysisSettings {
  readonly technique: SessionTechnique;
  readonly params: AnalysisParams;
}

/** A file as the log keeps it: the entry, and its rows of the technique's result table (offset not yet set). */
export interface AnalysedFile {
  readonly entry: Entry;
  readonly results: Uint8Array;
}

/** The one way from bytes to scans. @param params may say how a table is to be read that no format recognises */
export function parseMeasurement(bytes: Uint8Array, _params: AnalysisParams): ParseOutcome {
  return parseFile(bytes);
}

/** Parses and analyses one file for a session. Pure; never throws on bad content: that is an entry, too. */
export function analyseFile(bytes: Uint8Array, settings: AnalysisSettings, facts: FileFacts): AnalysedFile {
  return analyseParsed(parseMeasurement(bytes, settings.params), settings, facts);
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

/**
 * The scans of a file that a session analyses. Where every electrode has a file of its own, the name says which
 * one it is: the file itself knows only one.
 */
export function scansFor(
  scans: readonly Scan[],
  technique: SessionTechnique,
  fields: NameFields,
): ScanPlace[] {
  const wanted = scans.filter((scan) => scan.technique === scanTechniqueOf(technique));
  return wanted.map((scan, index) => {
    return { scan: withElectrode(scan, fields.e), index, frequency_hz: frequencyOf(scan, fields) };
  });
}

function withElectrode(scan: Scan, electrode: number | undefined): Scan {
  const [only, ...others] = scan.electrodes;
  if (electrode === undefined || only === undefined || others.length > 0) return scan;
  return { ...scan, electrodes: [{ ...only, electrode }] };
}

/** Frequency in the file's header, else in its name; the file is what was measured. */
function frequencyOf(scan: Scan, fields: NameFields): number | null {
  return scan.frequency_hz ?? fields.f ?? null;
}

export function hasOpenChoices({ technique, params }: AnalysisSettings): boolean {
  return analysisOf(technique).hasOpenChoices(params);
}

/**
 * Makes the choices that are left to the program, on the first scan of a session; they are then written into
 * the session's parameters and kept. Null when no scan has enough points to choose from.
 */
export function resolveParams<Settings extends AnalysisSettings>(
  scans: readonly ScanPlace[],
  { technique, params }: Settings,
): Settings["params"] | null {
  const analysis = analysisOf(technique);
  return analysis.hasOpenChoices(params) ? analysis.choose(scans, params) : params;
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

/** What a file is that a session of the technique does not analyse, in words. */
export function otherTechnique(scans: readonly Scan[], wanted: SessionTechnique): string {
  const found = [...new Set(scans.map((scan) => scan.technique_name))].join(", ");
  return `This file is ${found || "empty"}; this analysis takes ${scanTechniqueOf(wanted).toUpperCase()}.`;
}

/** The instrument's local time without a zone, read as UTC so that differences are right. */
function instrumentTime(text: string | undefined): number | null {
  const time_ms = text === undefined ? Number.NaN : Date.parse(`${text}Z`);
  return Number.isNaN(time_ms) ? null : time_ms;
}
