import { type AnalysisJob, type AnalysisOutcome, runJob } from "./analysis-job.ts";

/** What a worker thread answers for several files: batches need the results alone. */
export type BatchOutcome = Omit<AnalysisOutcome, "parsed">;

/** One file, with its scans: large live files. */
export function analyseOne(job: AnalysisJob): AnalysisOutcome {
  return runJob(job);
}

/** Several files, without their scans. */
export function analyseBatch(jobs: readonly AnalysisJob[]): BatchOutcome[] {
  return jobs.map((job) => {
    const { params, analysed } = runJob(job);
    return { params, analysed };
  });
}
