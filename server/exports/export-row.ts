import type { SweepPair } from "../../shared/electrochem/sweep-pairs.ts";
import type { Note } from "../../shared/protocol/note.ts";
import type { NumericTable } from "../../shared/protocol/numeric-table.ts";
import { type Entry, entryFromBytes } from "../analysis/entry.ts";
import { resultFromBytes, rowsOf as storedRows } from "../analysis/version-result.ts";
import type { LogRow } from "../store/port.ts";

/** A file of the log, as exports speak of it. */
export interface ExportFile {
  readonly row: LogRow;
  readonly entry: Entry;
  /** A later revision of the same name has replaced it. */
  readonly superseded: boolean;
  /** Exclusions of the file, or of electrodes of it. */
  readonly exclusions: readonly Note[];
  /** Numbers of pairs of sweeps, by the row of results that they stand in. */
  readonly pairs: ReadonlyMap<number, SweepPair> | null;
}

/** One row of a tidy table: a file's result, or the file alone where it has none (`values` null). */
export interface ExportRow {
  readonly file: ExportFile;
  /** All results of the file, row after row; this one begins at `at`. */
  readonly values: Float64Array | null;
  readonly at: number;
}

/** The rows of one file, in the order of its results; of one electrode alone where that is asked for. */
export function rowsOf(
  file: ExportFile,
  table: NumericTable<string>,
  electrode: number | null,
): readonly ExportRow[] {
  const values = valuesOf(file.row);
  const width = table.fields.length;
  if (values.length === 0) return electrode === null ? [{ file, values: null, at: 0 }] : [];
  const column = table.fields.indexOf("electrode");
  const rows: ExportRow[] = [];
  for (let at = 0; at < values.length; at += width) {
    if (electrode === null || values[at + column] === electrode) rows.push({ file, values, at });
  }
  return rows;
}

/** The stored results as numbers, none where the version has nothing. */
export function valuesOf({ result }: Pick<LogRow, "result">): Float64Array {
  return new Float64Array(storedRows(result).buffer);
}

/** What the log says of the file, as the version of the results reads it. */
export function entryOf({ entry, result }: Pick<LogRow, "entry" | "result">): Entry {
  const own = result === null ? null : resultFromBytes(result).entry;
  return own ?? entryFromBytes(entry);
}
