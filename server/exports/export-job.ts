import { setImmediate as turn } from "node:timers/promises";
import manifestOfProgram from "../../package.json" with { type: "json" };
import type { ExportManifest } from "../../shared/protocol/export-manifest.ts";
import { resultTableOf } from "../../shared/protocol/log-tables.ts";
import type { NumericTable } from "../../shared/protocol/numeric-table.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import { type Column, sessionColumns, tableColumns } from "./columns.ts";
import { type ExportFile, type ExportRow, exportFile, rowsOf } from "./export-row.ts";
import type { ExportScope } from "./export-scope.ts";
import { type LogRange, readPages } from "./log-range.ts";
import { type Survey, surveyLog } from "./survey.ts";

/** Rows of about forty cells that are turned into bytes before the hub does other work: a few milliseconds. */
const ROWS_A_TURN = 400;

/** One export that is about to be written: everything that its writer needs, in any format. */
export interface ExportJob {
  readonly range: LogRange;
  readonly session: SessionRecord;
  readonly electrode: number | null;
  readonly table: NumericTable<string>;
  readonly survey: Survey;
  readonly manifest: ExportManifest;
  readonly columns: readonly Column[];
  /** Method and parameters, for a format that has no other place for them. */
  readonly constants: readonly Column[];
  /** All files in the order of the log; every call reads the log anew. */
  files(): AsyncGenerator<readonly ExportFile[]>;
  /** All rows, or those of one electrode, in the order of the log; every call reads the log anew. */
  rows(electrode?: number): AsyncGenerator<readonly ExportRow[]>;
}

interface ExportOrder extends ExportScope {
  readonly now: number;
}

/** Surveys the stretch of the log and puts the job together. */
export async function openExport(order: ExportOrder): Promise<ExportJob> {
  const { range, session, params, electrode } = order;
  const table: NumericTable<string> = resultTableOf(session.technique);
  const survey = await surveyLog(range, table);
  const columns = tableColumns(table);
  const constants = sessionColumns(range.version, params);
  const files = async function* () {
    for await (const rows of readPages(range)) yield rows.map((row) => exportFile(row, survey.latest));
  };
  const rows = async function* (only: number | null = electrode) {
    for await (const page of files()) yield* inTurns(page.flatMap((file) => rowsOf(file, table, only)));
  };
  const manifest = describe(order, survey, columns);
  return { range, session, electrode, table, survey, manifest, columns, constants, files, rows };
}

/** Gives rows out in portions that do not hold the event loop for long. */
async function* inTurns(rows: readonly ExportRow[]): AsyncGenerator<readonly ExportRow[]> {
  for (let at = 0; at < rows.length; at += ROWS_A_TURN) {
    if (at > 0) await turn();
    yield rows.slice(at, at + ROWS_A_TURN);
  }
}

function describe(order: ExportOrder, survey: Survey, columns: readonly Column[]): ExportManifest {
  const { range, session, params, electrode, now } = order;
  const missing = whatIsMissing(order, survey);
  return {
    manifest_version: 1,
    software: { name: "benchcast", version: manifestOfProgram.version },
    exported_utc: new Date(now).toISOString(),
    session: {
      session_id: session.session_id,
      label: session.label,
      technique: session.technique,
      pattern: session.filters.pattern,
      created_utc: new Date(session.created_at_ms).toISOString(),
      state: session.state,
    },
    method: params.method,
    params,
    parameter_version: range.version,
    log: { epoch: range.epoch, since: range.since, end: range.end },
    electrode,
    rows: rowCount(survey, electrode),
    files: { ...survey.files, revisions: survey.latest.count, list_sha256: survey.list_sha256 },
    electrodes: [...survey.rowsByElectrode.keys()],
    frequencies_hz: [...survey.frequencies_hz],
    columns: columns.map(({ name, kind, unit }) => ({ name, kind, unit })),
    complete: missing.length === 0,
    missing,
  };
}

function rowCount({ rowsByElectrode, bareFiles }: Survey, electrode: number | null): number {
  if (electrode !== null) return rowsByElectrode.get(electrode) ?? 0;
  return [...rowsByElectrode.values()].reduce((sum, rows) => sum + rows, bareFiles);
}

function whatIsMissing({ range, electrode }: ExportOrder, { withoutVersion }: Survey): string[] {
  const missing: string[] = [];
  if (range.since > 0) missing.push(`The entries before offset ${range.since} were not asked for.`);
  if (electrode !== null) missing.push(`Electrodes other than ${electrode} were not asked for.`);
  if (withoutVersion > 0)
    missing.push(`${withoutVersion} files have no results of parameter version ${range.version} yet.`);
  return missing;
}
