import manifestOfProgram from "../../package.json" with { type: "json" };
import { KDM_FORMULAS, RATIO_FORMULA } from "../../shared/electrochem/kdm.ts";
import { LOW_CORRECTION_FORMULA, NORMALISED_FORMULA } from "../../shared/electrochem/normalise.ts";
import type { ExportManifest } from "../../shared/protocol/export-manifest.ts";
import type { Note } from "../../shared/protocol/note.ts";
import type { TrendParams } from "../../shared/protocol/trend-params.ts";
import type { TrendSummary } from "../../shared/protocol/trend-summary.ts";
import { clockWords } from "../../shared/trends/clock-words.ts";
import type { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import type { Column } from "./columns.ts";
import type { ExportScope } from "./export-scope.ts";
import type { Survey } from "./survey.ts";

/** What is to be exported, with what people wrote beside the files. */
export interface ExportOrder extends ExportScope {
  readonly notes: readonly Note[];
  readonly trendParams: TrendParams;
  readonly now: number;
}

/** What the export says of itself. @param trends null for a technique that has none; so is their summary */
export function manifestOf(
  order: ExportOrder,
  survey: Survey,
  columns: readonly Column[],
  trends: DerivedTrends | null,
  summary: TrendSummary | null,
): ExportManifest {
  return { ...describe(order, survey, columns), ...derivation(order, trends, summary) };
}

function describe(
  order: ExportOrder,
  survey: Survey,
  columns: readonly Column[],
): Omit<ExportManifest, "notes" | "trends"> {
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
    remarks: remarksOn(order, survey),
  };
}

const REPEATED_NUMBERS =
  "File numbers repeat, as where several series stand in one session. In the SACMES layout every file has a row of its own, in the order of the log.";

const LATER_CYCLES =
  "Files hold several cycles. In the SACMES layout a file has one row, as the desktop program writes it: of its first cycle, and of that the first pair of segments; every other format has all of them.";

const GOES_ON =
  "It goes on from an earlier export. Each ratio and KDM stands once, in the row of its pair's later logged file; in the SACMES layout a row comes again, whole, with each new file of it: the last of a number counts, where numbers do not repeat. Rows fetched before do not show what changed since: a file sent again, an exclusion, other settings, or a late file that moves the others (of the reference, of a new frequency, the first by time, out of order where pairs go by rank). Then fetch the whole.";

function remarksOn({ session, range }: ExportOrder, { numbersRepeat, severalCycles }: Survey): string[] {
  const { technique } = session;
  const hasNumbers = technique !== "frequency-map" && technique !== "ca";
  const isPulse = technique === "swv" || technique === "dpv";
  return [
    ...(numbersRepeat && hasNumbers ? [REPEATED_NUMBERS] : []),
    ...(severalCycles ? [LATER_CYCLES] : []),
    ...(range.since > 0 && isPulse ? [GOES_ON] : []),
  ];
}

function rowCount({ rowsByElectrode, bareFiles }: Survey, electrode: number | null): number {
  if (electrode !== null) return rowsByElectrode.get(electrode) ?? 0;
  return [...rowsByElectrode.values()].reduce((sum, rows) => sum + rows, bareFiles);
}

function whatIsMissing({ range, electrode }: ExportOrder, { withoutVersion, rawGone }: Survey): string[] {
  const missing: string[] = [];
  if (range.since > 0) missing.push(`The entries before offset ${range.since} were not asked for.`);
  if (electrode !== null) missing.push(`Electrodes other than ${electrode} were not asked for.`);
  if (withoutVersion > 0)
    missing.push(`${withoutVersion} files have no results of parameter version ${range.version} yet.`);
  if (rawGone > 0)
    missing.push(
      `${rawGone} results could not be made with these parameters: their files are no longer kept.`,
    );
  return missing;
}

const PAIR_VALUES = "ratio and kdm of a pair of files stand in the row of the one that was logged later";

/** How trends were derived, and what people wrote beside the files. */
function derivation(
  { notes, trendParams }: ExportOrder,
  trends: DerivedTrends | null,
  summary: TrendSummary | null,
) {
  const kept = notes.filter(({ removed }) => !removed);
  return {
    notes: kept.map(({ kind, at, electrode, text, concentration, unit, created_at_ms }) => ({
      kind,
      at,
      electrode,
      text,
      concentration,
      unit,
      created_utc: new Date(created_at_ms).toISOString(),
    })),
    trends: trends && {
      params: trendParams,
      times: trends.placed.timesMs.length === 0 ? null : clockWords(trends.placed.clock),
      pair: trends.pair,
      formulas: {
        normalised: NORMALISED_FORMULA,
        normalised_corrected: LOW_CORRECTION_FORMULA,
        ratio: RATIO_FORMULA,
        kdm: KDM_FORMULAS[trendParams.kdm],
      },
      pair_values: PAIR_VALUES,
      summary,
    },
  };
}
