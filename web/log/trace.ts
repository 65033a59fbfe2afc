import {
  type DecayResultRow,
  RESULT_KINDS,
  type ResultKind,
  type ResultRow,
  type SweepResultRow,
} from "../../shared/protocol/log-tables.ts";
import { GrowableColumn } from "../../shared/trends/growable-column.ts";
import { nameOfRow, type TraceName, traceName } from "../../shared/trends/trend-log.ts";

/** What one line of a trend belongs to. */
export type TraceId = TraceName;

export type TraceKey = string & { readonly __brand: "TraceKey" };

/** One text per trace, the same wherever the trace appears. */
export function traceKey(id: TraceId): TraceKey {
  return traceName(id) as TraceKey; // made here, so it is one
}

/** A result of any technique; what a technique does not have is absent (NaN) or left out. */
export type TraceRow = ResultRow & Partial<Omit<SweepResultRow & DecayResultRow, keyof ResultRow>>;
export type TraceField = keyof TraceRow;

/** The trace that a result belongs to. */
export const traceOf: (row: TraceRow) => TraceId = nameOfRow;

/** The results of one trace, in the order of the log, one typed column per field of its technique's table. */
export class Trace {
  readonly id: TraceId;
  readonly key: TraceKey;
  private readonly columns: ReadonlyMap<TraceField, GrowableColumn>;

  /** @param like a row of the trace: every row of a log has the same fields */
  constructor(id: TraceId, like: TraceRow) {
    this.id = id;
    this.key = traceKey(id);
    const fields = Object.keys(like) as TraceField[]; // made by readPart from the tables' own fields
    this.columns = new Map(fields.map((field) => [field, new GrowableColumn()]));
  }

  get length(): number {
    return this.column("offset").length;
  }

  append(row: TraceRow): void {
    for (const [field, column] of this.columns) column.push(row[field] ?? Number.NaN);
  }

  column(field: TraceField): GrowableColumn {
    const column = this.columns.get(field);
    if (column === undefined) throw new RangeError(`A result has no field ${field}.`);
    return column;
  }

  /** The whole result in one row. */
  row(index: number): TraceRow {
    const pairs = [...this.columns].map(([field, column]) => [field, column.at(index)]);
    return Object.fromEntries(pairs) as TraceRow; // one pair per field, so all are there
  }

  /** The result of one file: the row of its first scan, or null when the file has none for this trace. */
  ofOffset(offset: number): TraceRow | null {
    const index = this.column("offset").lowerBound(offset);
    return this.column("offset").at(index) === offset ? this.row(index) : null;
  }
}

/** What a result row says; an unknown number is read as the least that can be claimed. */
export function kindOf(row: Pick<ResultRow, "kind">): ResultKind {
  return RESULT_KINDS[row.kind] ?? "no-maximum";
}
