import { setImmediate as turn } from "node:timers/promises";
import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";
import type { ExportManifest } from "../../shared/protocol/export-manifest.ts";
import { resultTableOf } from "../../shared/protocol/log-tables.ts";
import type { Note } from "../../shared/protocol/note.ts";
import type { NumericTable } from "../../shared/protocol/numeric-table.ts";
import type { TrendParams } from "../../shared/protocol/trend-params.ts";
import type { TrendSummary } from "../../shared/protocol/trend-summary.ts";
import { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import { trendSummary } from "../../shared/trends/summary.ts";
import { CollectedLog } from "../../shared/trends/trend-log.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import type { LogRow } from "../store/port.ts";
import { type Column, sessionColumns, tableColumns } from "./columns.ts";
import { type ExportOrder, manifestOf } from "./describe-export.ts";
import { excludedIn } from "./excluded-contents.ts";
import { type ExportFile, type ExportRow, entryOf, rowsOf } from "./export-row.ts";
import { type LogRange, readPages } from "./log-range.ts";
import { type Survey, surveyLog } from "./survey.ts";
import { pairsByRow } from "./sweep-pair-cells.ts";
import { deriveTrends, TrendTable } from "./trend-columns.ts";

/** Rows of about forty cells that are turned into bytes before the hub does other work: a few milliseconds. */
const ROWS_A_TURN = 400;

const NO_LOG = new CollectedLog();

/** One export that is about to be written: everything that its writer needs, in any format. */
export interface ExportJob {
  readonly range: LogRange;
  readonly session: SessionRecord;
  readonly params: AnalysisParams;
  readonly electrode: number | null;
  readonly table: NumericTable<string>;
  readonly survey: Survey;
  readonly manifest: ExportManifest;
  readonly columns: readonly Column[];
  /** Method and parameters, for a format that has no other place for them. */
  readonly constants: readonly Column[];
  readonly notes: readonly Note[];
  readonly trendParams: TrendParams;
  /** All files in the order of the log; every call reads the log anew. */
  files(): AsyncGenerator<readonly ExportFile[]>;
  /** All rows, or those of one electrode, in the order of the log; every call reads the log anew. */
  rows(electrode?: number): AsyncGenerator<readonly ExportRow[]>;
}

/** Surveys the stretch of the log and puts the job together. */
export async function openExport(order: ExportOrder): Promise<ExportJob> {
  const { range, session, params, electrode, notes, trendParams } = order;
  const { technique } = session;
  const table: NumericTable<string> = resultTableOf(technique);
  const survey = await surveyLog(range, table);
  const trends = await trendsOf(order, table);
  const columns = tableColumns(technique, table, trends && (await TrendTable.of(trends)));
  const constants = sessionColumns(range.version, params);
  const exclusionsOf = await excludedIn(range, notes);
  const hasPairs = technique === "cv" || technique === "lsv";
  const fileOf = (row: LogRow): ExportFile => ({
    row,
    entry: entryOf(row),
    superseded: survey.latest.replaced(row.name, row.revision),
    exclusions: exclusionsOf(row),
    pairs: hasPairs ? pairsByRow(row, params) : null,
  });
  const files = async function* () {
    for await (const rows of readPages(range)) yield rows.map(fileOf);
  };
  const rows = async function* (only: number | null = electrode) {
    for await (const page of files()) yield* inTurns(page.flatMap((file) => rowsOf(file, table, only)));
  };
  const manifest = manifestOf(order, survey, columns, trends, await summaryOf(order, trends));
  return {
    range,
    session,
    params,
    electrode,
    table,
    survey,
    manifest,
    columns,
    constants,
    notes,
    trendParams,
    files,
    rows,
  };
}

/** Trends of pulse techniques. In a piece without a reference nothing is told of them, and nothing need be collected. */
async function trendsOf(
  { range, session, notes, trendParams }: ExportOrder,
  table: NumericTable<string>,
): Promise<DerivedTrends | null> {
  const { technique } = session;
  if (technique !== "swv" && technique !== "dpv") return null;
  const wanted = range.since === 0 || trendParams.reference !== null;
  return wanted
    ? deriveTrends(range, table, notes, trendParams)
    : new DerivedTrends(NO_LOG, notes, trendParams);
}

/** Of the whole run alone: a piece that goes on from an earlier export would say it again with every piece. */
async function summaryOf(
  { range, notes }: ExportOrder,
  trends: DerivedTrends | null,
): Promise<TrendSummary | null> {
  if (trends === null || range.since > 0) return null;
  const steps = trendSummary(trends, notes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await turn();
  }
}

/** Gives rows out in portions that do not hold the event loop for long. */
async function* inTurns(rows: readonly ExportRow[]): AsyncGenerator<readonly ExportRow[]> {
  for (let at = 0; at < rows.length; at += ROWS_A_TURN) {
    if (at > 0) await turn();
    yield rows.slice(at, at + ROWS_A_TURN);
  }
}
