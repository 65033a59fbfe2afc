import {
  type AnalysisSettings,
  hasOpenChoices,
  readScans,
  resolveParams,
  scansFor,
} from "../../shared/analysis/measurement.ts";
import type { ParseOutcome } from "../../shared/formats/scan.ts";
import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";
import { type AnalysedFile, analyseParsed, type FileFacts } from "./analyse-file.ts";

/** A file with everything that its analysis depends on: what a worker thread is given. */
export interface AnalysisJob {
  readonly bytes: Uint8Array;
  readonly facts: FileFacts;
  readonly settings: AnalysisSettings;
}

/** What was made of one file. */
export interface AnalysisOutcome {
  readonly parsed: ParseOutcome;
  /** With the choices that were left to the program, where this file has enough to choose from. */
  readonly params: AnalysisParams;
  readonly analysed: AnalysedFile;
}

/** Parses and analyses one file, making the open choices on it. Pure; the same in the hub and in its workers. */
export function runJob({ bytes, facts, settings }: AnalysisJob): AnalysisOutcome {
  return analyseScans(readScans(bytes, settings), settings, facts);
}

/** The same for a file that is parsed already. */
export function analyseScans(
  parsed: ParseOutcome,
  settings: AnalysisSettings,
  facts: FileFacts,
): AnalysisOutcome {
  const params = chosenOn(parsed, settings, facts);
  return { parsed, params, analysed: analyseParsed(parsed, { ...settings, params }, facts) };
}

function chosenOn(parsed: ParseOutcome, settings: AnalysisSettings, { fields }: FileFacts): AnalysisParams {
  if (!parsed.ok || !hasOpenChoices(settings)) return settings.params;
  return resolveParams(scansFor(parsed.scans, settings.technique, fields), settings) ?? settings.params;
}
