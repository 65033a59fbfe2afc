import type { Direction } from "../../shared/electrochem/hull-outcome.ts";
import { type SweepPair, sweepPairs } from "../../shared/electrochem/sweep-pairs.ts";
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
  const isFound = ({ kind }: SweepResultRow) => kind === PEAK;
  const { method } = params;
  if ("forward_segment" in params) {
    const { forward_segment: first, forward_direction } = params;
    const sweep = rows.find(({ segment }) => segment === first)?.sweep ?? 1;
    const points = forward_direction === "down" ? -1 : 1;
    return sweepPairs(rows, isFound, { anodic: sweep * points > 0 ? "up" : "down", pairs: [first], method });
  }
  const pairs = "pairs" in params ? params.pairs : null;
  return sweepPairs(rows, isFound, {
    anodic: anodicOf(params, rows[0]?.electrode ?? Number.NaN),
    pairs,
    method,
  });
}

/** Which way peaks of oxidation point in an electrode; `auto` is gone once a session has had its first scan. */
function anodicOf(params: AnalysisParams, electrode: number): Direction {
  const said = "anodic" in params && params.anodic === "down" ? "down" : "up";
  const inverted = "inverted_electrodes" in params && params.inverted_electrodes.includes(electrode);
  if (!inverted) return said;
  return said === "up" ? "down" : "up";
}
