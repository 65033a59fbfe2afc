import { setImmediate as nextTurn } from "node:timers/promises";
import { RESULT_KINDS, resultTableOf } from "../../shared/protocol/log-tables.ts";
import { matchName } from "../../shared/protocol/name-pattern.ts";
import type { NumericTable } from "../../shared/protocol/numeric-table.ts";
import type { AnalysisJob } from "../analysis/analysis-job.ts";
import type { AnalysisPool } from "../analysis/analysis-pool.ts";
import { entryFromBytes } from "../analysis/entry.ts";
import { resultFromBytes, resultToBytes } from "../analysis/version-result.ts";
import { readPattern } from "../sessions/live-session.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import type { LogKey, LogRow, ResultBatch, Store } from "../store/port.ts";

export interface BatchDependencies {
  readonly store: Store;
  readonly pool: AnalysisPool;
  readonly key: LogKey;
}

interface MadeBatch {
  readonly results: ResultBatch["results"];
  /** Files that are nowhere: not in a store, and not in the agent's folder as they were. */
  readonly gone: number;
}

const RAW_GONE = RESULT_KINDS.indexOf("raw-gone");
const NOTE = {
  code: "raw_gone",
  message: "The file is no longer kept, so it could not be analysed with these parameters.",
  line: null,
};
/** Columns that say where a result belongs, in any table. */
const PLACE: readonly string[] = ["scan", "electrode", "frequency_hz", "segment", "sweep", "direction"];

/** Analyses some logged files with the parameters of the version that is being made. */
export async function reanalyseRows(
  deps: BatchDependencies,
  record: SessionRecord,
  rows: readonly LogRow[],
): Promise<MadeBatch> {
  const jobs = await jobsFor(deps, record, rows);
  const outcomes = await deps.pool.batch(jobs.flatMap((job) => job ?? []));
  let next = 0;
  const results = rows.map((row, index) => {
    if (jobs[index] === null) return null;
    const analysed = outcomes[next++]?.analysed;
    if (analysed === undefined) throw new Error("A worker answered fewer files than it was given.");
    const differs = !Buffer.from(JSON.stringify(analysed.entry)).equals(Buffer.from(row.entry));
    const body = resultToBytes({ entry: differs ? analysed.entry : null, rows: analysed.results });
    return { offset: row.offset, body };
  });
  const gone = rows.filter((_, index) => results[index] === null);
  const made = results.flatMap((result) => result ?? []);
  const left = await withoutFile(deps, record, gone);
  return { results: [...made, ...left], gone: left.filter(({ body }) => isRawGone(body)).length };
}

/** What is to be done with each of the rows; null for a file that is not kept. */
export async function jobsFor(
  deps: BatchDependencies,
  { technique, filters, reanalysis }: SessionRecord,
  rows: readonly LogRow[],
): Promise<(AnalysisJob | null)[]> {
  if (reanalysis === null) throw new Error("No version is being made.");
  const settings = { technique, params: reanalysis.params };
  const pattern = readPattern(filters.pattern);
  const jobs: (AnalysisJob | null)[] = [];
  for (const { offset, name, entry } of rows) {
    const { size_bytes, mtime_ms, received_at_ms, notes } = entryFromBytes(entry);
    // A file that was too large was never kept, and still is.
    const refused = notes.some(({ code }) => code === "file_too_large");
    const bytes = refused ? null : await deps.store.readRaw(deps.key, offset);
    // Reading one holds the event loop for a moment; live files have their turn before the next.
    await nextTurn();
    const fields = matchName(pattern, name) ?? {};
    jobs.push(bytes && { bytes, settings, facts: { size_bytes, mtime_ms, received_at_ms, fields } });
  }
  return jobs;
}

/** Whether this version of a file's results says that the file was nowhere. */
export function isRawGone(result: Uint8Array): boolean {
  return resultFromBytes(result).entry?.notes.some(({ code }) => code === NOTE.code) ?? false;
}

/** The same rows without numbers, and a note: this version knows nothing of the file. */
async function withoutFile(
  { store, key }: BatchDependencies,
  { technique, version }: SessionRecord,
  rows: readonly LogRow[],
): Promise<ResultBatch["results"]> {
  const table: NumericTable<string> = resultTableOf(technique);
  return Promise.all(
    rows.map(async ({ offset, entry }) => {
      const page = await store.readLog(key, { since: offset, limit: 1, version });
      const body = page?.rows[0]?.result ?? null;
      const known = body === null ? null : resultFromBytes(body);
      const own = known?.entry ?? entryFromBytes(entry);
      const places = (known === null ? [] : table.read(known.rows)).map((row) => {
        const place = Object.entries(row).filter(([field]) => PLACE.includes(field));
        return { ...Object.fromEntries(place), kind: RAW_GONE };
      });
      const isNoted = own.notes.some(({ code }) => code === "raw_gone" || code === "file_too_large");
      const noted = isNoted ? own : { ...own, notes: [...own.notes, NOTE] };
      return { offset, body: resultToBytes({ entry: noted, rows: table.write(places) }) };
    }),
  );
}
