import { pairsOfRows } from "../../shared/analysis/pairs-of-rows.ts";
import type { SweepPair } from "../../shared/electrochem/sweep-pairs.ts";
import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";
import { RESULT_KINDS, type SweepResultRow, SweepResultTable } from "../../shared/protocol/log-tables.ts";
import { rowsOf } from "../analysis/version-result.ts";
import type { LogRow } from "../store/port.ts";

const PEAK = RESULT_KINDS.indexOf("peak");

/**
 * Numbers of the pairs of one file's sweeps, by the place of the result rows that belong to a pair's first segment
 * (index of their first number).
 */
export function pairsByRow(
  { result }: Pick<LogRow, "result">,
  params: AnalysisParams,
): ReadonlyMap<number, SweepPair> {
  const rows = SweepResultTable.read(rowsOf(result));
  const groups = new Map<string, SweepResultRow[]>();
  for (const row of rows) {
    const name = groupOf(row);
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const pairs = new Map([...groups].map(([name, group]) => [name, pairsOf(group, params)]));
  const found = new Map<number, SweepPair>();
  for (const [index, row] of rows.entries()) {
    const pair = pairs.get(groupOf(row))?.find(({ segment }) => segment === row.segment);
    if (pair !== undefined) found.set(index * SweepResultTable.fields.length, pair);
  }
  return found;
}

function groupOf({ scan, electrode }: SweepResultRow): string {
  return `${scan} ${electrode}`;
}

/** The pairs of one scan and electrode. */
export function pairsOf(
  rows: readonly SweepResultRow[],
  params: AnalysisParams,
): SweepPair<SweepResultRow>[] {
  if (!("probes_v" in params)) return [];
  return pairsOfRows(rows, rows[0]?.electrode ?? Number.NaN, params, ({ kind }) => kind === PEAK);
}
