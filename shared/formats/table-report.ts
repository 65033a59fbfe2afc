/** What a table's reading has to say to people: rows left out, or why there are none. */

import type { NumericTable, TableForm } from "./numeric-table.ts";
import { failure, unfinished } from "./parse-failure.ts";
import type { ParseFailure } from "./scan.ts";
import { lineEnd, nextLine } from "./text-line.ts";

/** Where a table stands in its file. */
export interface TablePlace {
  readonly names: readonly string[];
  /** Line of the table's first row, counted from 1. */
  readonly firstLine: number;
}

export const OPEN_END = "The last line has no line end and was left out: it may be cut.";
/** Far more than a row of 128 columns of 16 digits needs. */
const LONGEST_ROW = 4096;

/**
 * Rows that may be used. A last line without its end may be cut in the middle of a number (`1.2e-1` of `1.2e-10`):
 * its row counts only when a delimiter stands behind the last cell that was read, which is then whole.
 */
export function wholeRows(bytes: Uint8Array, table: NumericTable, form: TableForm): number {
  if (!table.lastRowOpen) return table.rows;
  const tail = bytes.subarray(Math.max(0, bytes.length - LONGEST_ROW));
  let start = 0;
  for (let end = lineEnd(tail, 0); end < tail.length; end = lineEnd(tail, start)) start = nextLine(tail, end);
  const delimiters = tail.subarray(start).filter((byte) => byte === form.delimiter.charCodeAt(0)).length;
  return form.delimiter !== " " && delimiters > Math.max(...form.wanted) ? table.rows : table.rows - 1;
}

/** Warnings for rows that were left out of a table of which `kept` rows are used. */
export function rowWarnings(table: NumericTable, place: TablePlace, kept: number): string[] {
  const found: string[] = [];
  if (table.firstBad !== null) {
    const { line, column } = table.firstBad;
    const count = table.badRows === 1 ? "1 row was" : `${table.badRows} rows were`;
    const where = `line ${place.firstLine + line}, column ${place.names[column] || column + 1}`;
    found.push(`${count} left out because of a missing or unreadable cell; the first: ${where}.`);
  }
  if (table.openEnd && !(table.lastRowOpen && kept === table.rows)) found.push(OPEN_END);
  return found;
}

/** A table of which only the header is there; `line` is the header's. */
export function emptyTable(header: string, line: number): ParseFailure {
  return unfinished(`The table below "${header.trim().slice(0, 80)}" has no rows`, line);
}

/** Why a table gave no row: it has none yet, or none that can be read. */
export function noRows(table: NumericTable, place: TablePlace, header: string): ParseFailure {
  if (table.firstBad === null) return emptyTable(header, place.firstLine - 1);
  const { line, column, short } = table.firstBad;
  const name = place.names[column];
  const at = place.firstLine + line;
  // Rows that all lack the same column lack the column, whatever the header names.
  if (short && name) {
    return failure("missing_column", `The header names the column ${name}, but the rows end before it.`, at);
  }
  const wanted = `Wanted: ${place.names.length} numbers, separated as in the table header.`;
  const message = `None of the ${table.badRows} table lines can be read as a row. ${wanted}`;
  return failure("unsupported_format", message, at);
}
