import type { ExportFormat } from "../../shared/protocol/export-format.ts";
import { EXPORT_WORK_US } from "../../shared/protocol/limits.ts";
import { resultTableOf } from "../../shared/protocol/log-tables.ts";
import { logKey } from "../sessions/session-book.ts";
import { valuesOf } from "./export-row.ts";
import type { ExportScope } from "./export-scope.ts";

/** Entries whose rows are counted to tell how many a file has. */
const SAMPLE = 8;

export interface ExportSize {
  readonly files: number;
  readonly rows: number;
}

/** How much there is to export; the rows by a sample of the stretch, for files of one session have as many, or nearly. */
export async function sizeOf({ range, session, electrode }: ExportScope): Promise<ExportSize> {
  const { store, tag, session_id, version, since, end } = range;
  const files = end - since;
  const limit = Math.min(SAMPLE, files);
  if (limit === 0 || electrode !== null) return { files, rows: files };
  const page = await store.readLog(logKey(tag, session_id), { since: end - limit, limit, version });
  const width = resultTableOf(session.technique).fields.length;
  const sampled = (page?.rows ?? []).map((row) => Math.max(1, valuesOf(row).length / width));
  const ofOne = sampled.reduce((sum, rows) => sum + rows, 0) / Math.max(1, sampled.length);
  return { files, rows: Math.round(files * ofOne) };
}

/** Time of one processor that making it takes, about. */
export function workMs(format: ExportFormat, { files, rows }: ExportSize): number {
  const { row, file } = EXPORT_WORK_US[format];
  return (rows * row + files * file) / 1_000;
}

/** What is counted while it is written: rows of the table; also files, where these are written too. */
export function unitsOf(format: ExportFormat, { files, rows }: ExportSize): number {
  return format === "zip" || format === "xlsx" ? rows + files : rows;
}
