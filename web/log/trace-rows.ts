import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import {
  DecayResultTable,
  type ResultRow,
  ResultTable,
  resultTableOf,
  SweepResultTable,
} from "../../shared/protocol/log-tables.ts";
import type { WireBytes } from "../../shared/protocol/numeric-table.ts";
import type { TraceRow } from "./trace.ts";

/** Rows of a technique's table in the one form that traces have. */
export function readRows(technique: SessionTechnique, bytes: WireBytes): TraceRow[] {
  const own = new Uint8Array(bytes); // in the browser they arrive as an ArrayBuffer
  const table = resultTableOf(technique);
  if (table === SweepResultTable) return SweepResultTable.read(own);
  if (table === DecayResultTable) return DecayResultTable.read(own).map(decayRow);
  return ResultTable.read(own);
}

const ABSENT = Object.fromEntries(ResultTable.fields.map((field) => [field, Number.NaN])) as ResultRow; // every field

/** A decay has no peak; its own numbers stand beside the absent ones. */
export function decayRow(row: ReturnType<typeof DecayResultTable.read>[number]): TraceRow {
  return { ...ABSENT, flags: 0, ...row };
}
