import type { DescribedTechnique } from "../formats/described-table.ts";
import type { Scan } from "../formats/scan.ts";
import type { AnalysisParams, SessionTechnique } from "../protocol/analysis-params.ts";
import { type AnyResultTable, resultTableOf } from "../protocol/log-tables.ts";
import type { NumericTable } from "../protocol/numeric-table.ts";
import type { OutgoingCurve } from "../protocol/voltammogram.ts";
import { decayAnalysis } from "./decay.ts";
import { pulseAnalysis } from "./pulse.ts";
import { sweepAnalysis } from "./sweep.ts";

/** A row of a result table before it is written; what it leaves out is absent. */
export type OutgoingRow = Parameters<NumericTable<string>["write"]>[0][number];

/** One scan of a file, where it stands in it, and what the file's name told. */
export interface ScanPlace {
  readonly scan: Scan;
  /** Counts the scans of the technique in the file from 0. */
  readonly index: number;
  readonly frequency_hz: number | null;
}

/** What a plot of one electrode shows; where it belongs is added by who knows. */
export type ScanCurve = Omit<OutgoingCurve, "name" | "offset" | "scan" | "electrode" | "frequency_hz">;

/**
 * How one family of techniques is analysed. Live files, previews, curves, re-analysis and the offline command all
 * come through here, so the same bytes and parameters give the same numbers everywhere.
 */
export interface TechniqueAnalysis<Params extends AnalysisParams> {
  /** Whether something is left to choose on the first scan. */
  hasOpenChoices(params: Params): boolean;
  /** Makes the choices that are left to the program; null when no scan has enough to choose from. */
  choose(scans: readonly ScanPlace[], params: Params): Params | null;
  /** Rows of the result table for every electrode of a scan. */
  rows(place: ScanPlace, params: Params): OutgoingRow[];
  /** The curve of one electrode with its rows; null where the scan has no such electrode. */
  curve(place: ScanPlace, electrode: number, params: Params): ScanCurve | null;
  /** What a person should know of a scan beside its rows. */
  remarks(place: ScanPlace, params: Params): string[];
}

const ANALYSES = {
  swv: pulseAnalysis,
  dpv: pulseAnalysis,
  "frequency-map": pulseAnalysis,
  cv: sweepAnalysis,
  lsv: sweepAnalysis,
  ca: decayAnalysis,
} as const satisfies Record<SessionTechnique, unknown>;

export function analysisOf(technique: SessionTechnique): TechniqueAnalysis<AnalysisParams> {
  // A session's parameters were read with its technique's own schema, so they are those that its analysis takes.
  return ANALYSES[technique] as unknown as TechniqueAnalysis<AnalysisParams>;
}

/** The technique of the scans that a session takes out of its files. */
export function scanTechniqueOf(technique: SessionTechnique): DescribedTechnique {
  return technique === "frequency-map" ? "swv" : technique;
}

export function writeRows(technique: SessionTechnique, rows: readonly OutgoingRow[]): Uint8Array {
  const table: AnyResultTable = resultTableOf(technique);
  return (table as NumericTable<string>).write(rows); // rows name their own table's columns; others are absent
}
