import { parseMeasurement } from "../formats/measurement.ts";
import type { ParseOutcome, Scan } from "../formats/scan.ts";
import type { AnalysisParams, SessionTechnique } from "../protocol/analysis-params.ts";
import type { NameFields } from "../protocol/name-pattern.ts";
import { analysisOf, type ScanPlace, scanTechniqueOf } from "./technique-analysis.ts";

/** How a session looks at its files. */
export interface AnalysisSettings {
  readonly technique: SessionTechnique;
  readonly params: AnalysisParams;
}

/** The one way from bytes to scans: by the file's format, or by the description that the parameters carry. */
export function readScans(bytes: Uint8Array, { technique, params }: AnalysisSettings): ParseOutcome {
  return parseMeasurement(bytes, params.table, scanTechniqueOf(technique));
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

/** What a file is that a session of the technique does not analyse, in words. */
export function otherTechnique(scans: readonly Scan[], wanted: SessionTechnique): string {
  const found = [...new Set(scans.map((scan) => scan.technique_name))].join(", ");
  return `This file is ${found || "empty"}; this analysis takes ${scanTechniqueOf(wanted).toUpperCase()}.`;
}
