import { hasOpenChoices } from "../../shared/analysis/measurement.ts";
import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import type { LogRow } from "../store/port.ts";
import { type BatchDependencies, jobsFor } from "./reanalysis-batch.ts";

/**
 * The parameters of the version that is being made with the choices that are left to the program, made on the first of
 * these files that allows them. Null: none does, or none is kept.
 */
export async function firstChoice(
  deps: BatchDependencies,
  record: SessionRecord,
  rows: readonly LogRow[],
): Promise<AnalysisParams | null> {
  const { technique } = record;
  const jobs = await jobsFor(deps, record, rows);
  const outcomes = await deps.pool.batch(jobs.flatMap((job) => job ?? []));
  return outcomes.find(({ params }) => !hasOpenChoices({ technique, params }))?.params ?? null;
}
