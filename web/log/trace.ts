import {
  RESULT_KINDS,
  type ResultKind,
  type ResultRow,
  ResultTable,
} from "../../shared/protocol/log-tables.ts";
import { GrowableColumn } from "./growable-column.ts";

/** Electrode and frequency: what one line of a trend belongs to. `frequencyHz` null: the file does not say. */
export interface TraceId {
  readonly electrode: number;
  readonly frequencyHz: number | null;
}

export type TraceKey = string & { readonly __brand: "TraceKey" };

/** One text per trace, the same wherever the trace appears. */
export function traceKey({ electrode, frequencyHz }: TraceId): TraceKey {
  return `e${electrode}@${frequencyHz ?? "-"}` as TraceKey; // made here, so it is one
}

/** The results of one trace, in the order of the log, one typed column per field of the result table. */
export class Trace {
  readonly id: TraceId;
  readonly key: TraceKey;
  private readonly columns = new Map(ResultTable.fields.map((field) => [field, new GrowableColumn()]));

  constructor(id: TraceId) {
    this.id = id;
    this.key = traceKey(id);
  }

  get length(): number {
    return this.column("offset").length;
  }

  append(row: ResultRow): void {
    for (const [field, column] of this.columns) column.push(row[field]);
  }

  column(field: keyof ResultRow): GrowableColumn {
    const column = this.columns.get(field);
    if (column === undefined) throw new RangeError(`A result has no field ${field}.`);
    return column;
  }

  /** The whole result in one row. */
  row(index: number): ResultRow {
    const pairs = ResultTable.fields.map((field) => [field, this.column(field).at(index)]);
    return Object.fromEntries(pairs) as ResultRow; // one pair per field, so all are there
  }

  /** The result of one file: the row of its first scan, or null when the file has none for this trace. */
  ofOffset(offset: number): ResultRow | null {
    const index = this.column("offset").lowerBound(offset);
    return this.column("offset").at(index) === offset ? this.row(index) : null;
  }
}

/** What a result row says; an unknown number is read as the least that can be claimed. */
export function kindOf(row: Pick<ResultRow, "kind">): ResultKind {
  return RESULT_KINDS[row.kind] ?? "no-maximum";
}
