import { findHullPeak, type HullOutcome, resolveAuto } from "../../shared/electrochem/hull-peak.ts";
import { hullParamsFor } from "../../shared/electrochem/swv.ts";
import { parseFile } from "../../shared/formats/registry.ts";
import type { ElectrodeCurrents, ParseOutcome, Scan } from "../../shared/formats/scan.ts";
import { ResultTable } from "../../shared/protocol/log-tables.ts";
import type { NameFields } from "../../shared/protocol/name-pattern.ts";
import type { SessionTechnique, SwvAnalysisParams } from "../../shared/protocol/session.ts";
import type { Entry } from "./entry.ts";
import { resultRow } from "./result-rows.ts";

/** What is known of a file besides its bytes. */
export interface FileFacts {
  readonly size_bytes: number;
  readonly mtime_ms: number;
  readonly received_at_ms: number;
  /** What the session's name pattern found in the name. */
  readonly fields: NameFields;
}

/** A file as the log keeps it: the entry, and its rows of the result table (offset not yet set). */
export interface AnalysedFile {
  readonly entry: Entry;
  readonly results: Uint8Array;
}

/** Peaks further apart than this are not the same peak: half of a usual SWV half width (about 100 mV). */
const SAME_PEAK_V = 0.05;

/** Parses and analyses one file for a session. Pure; never throws on bad content: that is an entry, too. */
export function analyseFile(
  bytes: Uint8Array,
  technique: SessionTechnique,
  params: SwvAnalysisParams,
  facts: FileFacts,
): AnalysedFile {
  return analyseParsed(parseFile(bytes), technique, params, facts);
}

/** The same for a file that is parsed already. */
export function analyseParsed(
  parsed: ParseOutcome,
  technique: SessionTechnique,
  params: SwvAnalysisParams,
  facts: FileFacts,
): AnalysedFile {
  if (!parsed.ok) {
    const note = { code: parsed.code, message: parsed.message, line: parsed.line ?? null };
    return { entry: emptyEntry("failed", facts, [note]), results: new Uint8Array() };
  }
  const scans = scansFor(parsed.scans, technique, facts.fields);
  const first = scans[0];
  const provenance = { format: parsed.format, encoding: parsed.encoding };
  if (first === undefined) {
    const note = { code: "other_technique", message: otherTechnique(parsed.scans, technique), line: null };
    return { entry: { ...emptyEntry("skipped", facts, [note]), ...provenance }, results: new Uint8Array() };
  }
  const notes = scans.flatMap((scan) =>
    scan.warnings.map((message) => ({ code: "warning", message, line: null })),
  );
  const entry: Entry = {
    ...emptyEntry("analysed", facts, notes),
    ...provenance,
    frequency_hz: scanFrequency(first, facts.fields),
    started_at_ms: instrumentTime(first.started_at),
  };
  return {
    entry,
    results: ResultTable.write(scans.flatMap((scan, index) => scanRows(scan, index, params, facts.fields))),
  };
}

/**
 * The scans of a file that a session analyses. Where every electrode has a file of its own, the name says which
 * one it is: the file itself knows only one.
 */
export function scansFor(scans: readonly Scan[], technique: SessionTechnique, fields: NameFields): Scan[] {
  const wanted = scans.filter((scan) => scan.technique === technique);
  const { e } = fields;
  if (e === undefined) return wanted;
  return wanted.map((scan) => {
    const [only, ...others] = scan.electrodes;
    return only && others.length === 0 ? { ...scan, electrodes: [{ ...only, electrode: e }] } : scan;
  });
}

/** Frequency in the file's header, else in its name; the file is what was measured. */
export function scanFrequency(scan: Scan, fields: NameFields): number | null {
  return scan.frequency_hz ?? fields.f ?? null;
}

/**
 * Makes the choices that are left to the program, on the first scan of a session; they are then written into
 * the session's parameters and kept. Null when no scan has enough points to choose from.
 */
export function resolveParams(
  scans: readonly Scan[],
  params: SwvAnalysisParams,
  fields: NameFields = {},
): SwvAnalysisParams | null {
  if (params.direction !== "auto" && params.sg_points !== "auto") return params;
  const choices = scans.flatMap((scan) =>
    scan.electrodes.flatMap((electrode) => {
      const hull = hullParamsFor(params, scanFrequency(scan, fields) ?? undefined);
      const choice = resolveAuto(scan.potentials_v, electrode.currents_a, hull);
      return choice === null ? [] : [choice];
    }),
  );
  if (choices.length === 0) return null;
  const ups = choices.filter((choice) => choice.direction === "up").length;
  const points = choices.map((choice) => choice.sg_points).sort((a, b) => a - b);
  const middle = points[(points.length - 1) >> 1] ?? 15;
  return { ...params, direction: ups * 2 >= choices.length ? "up" : "down", sg_points: middle };
}

function scanRows(scan: Scan, index: number, params: SwvAnalysisParams, fields: NameFields) {
  const frequency_hz = scanFrequency(scan, fields);
  const hull = hullParamsFor(params, frequency_hz ?? undefined);
  return scan.electrodes.map((electrode) => {
    const outcome = findHullPeak(scan.potentials_v, electrode.currents_a, hull);
    const place = { scan: index, electrode: electrode.electrode, frequency_hz };
    return resultRow(place, outcome, instrumentDiffers(scan, electrode, outcome));
  });
}

/** The instrument's own search found its peak elsewhere: one of the two is wrong, and a person should look. */
export function instrumentDiffers(
  scan: Scan,
  { electrode }: ElectrodeCurrents,
  outcome: HullOutcome,
): boolean {
  if (outcome.kind !== "peak") return false;
  const own = scan.instrument_peaks?.filter((peak) => peak.electrode === electrode) ?? [];
  return (
    own.length > 0 && own.every((peak) => Math.abs(peak.potential_v - outcome.peak_potential_v) > SAME_PEAK_V)
  );
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

function otherTechnique(scans: readonly Scan[], wanted: SessionTechnique): string {
  const found = [...new Set(scans.map((scan) => scan.technique_name))].join(", ");
  return `This file is ${found || "empty"}; this session analyses ${wanted.toUpperCase()}.`;
}

/** The instrument's local time without a zone, read as UTC so that differences are right. */
function instrumentTime(text: string | undefined): number | null {
  const time_ms = text === undefined ? Number.NaN : Date.parse(`${text}Z`);
  return Number.isNaN(time_ms) ? null : time_ms;
}
