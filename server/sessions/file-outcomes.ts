import { hasOpenChoices } from "../../shared/analysis/measurement.ts";
import type { AnalysisOutcome } from "../analysis/analysis-job.ts";
import { resultToBytes } from "../analysis/version-result.ts";
import type { AppendItem } from "../store/port.ts";
import { isNextOpen, type SessionRecord } from "./session-book.ts";

/**
 * What both versions say of a file. `next` null where none is being made, and as long as its choices are open: the
 * re-analysis makes them on the log's first file, and then gives results to every file that has none.
 */
export interface FileOutcomes {
  readonly current: AnalysisOutcome;
  readonly next: AnalysisOutcome | null;
}

/** As an append takes them. */
export function resultsOf(
  { version, reanalysis }: SessionRecord,
  { current, next }: FileOutcomes,
): AppendItem["results"] {
  const own = { version, body: resultToBytes({ entry: null, rows: current.analysed.results }) };
  if (reanalysis === null || next === null) return [own];
  const { entry, results: rows } = next.analysed;
  const differs = JSON.stringify(entry) !== JSON.stringify(current.analysed.entry);
  return [own, { version: reanalysis.version, body: resultToBytes({ entry: differs ? entry : null, rows }) }];
}

/**
 * What the session becomes in the very step that logs the file: with the choices that the file made for it where they
 * were open, and with the word that a version that is being made lacks files. The same object where nothing changes.
 */
export function afterLogging(record: SessionRecord, { current }: FileOutcomes): SessionRecord {
  const { technique, params } = record;
  const isOpen = hasOpenChoices({ technique, params });
  const chosen = isOpen && !hasOpenChoices({ technique, params: current.params }) ? current.params : params;
  const reanalysis_owes = record.reanalysis_owes || isNextOpen(record);
  if (chosen === params && reanalysis_owes === record.reanalysis_owes) return record;
  return { ...record, params: chosen, reanalysis_owes };
}
