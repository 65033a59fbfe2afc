/** Text tables that a person has described: columns, units and marks come from the description, never from a guess. */

import { cycleRuns, tooManyScans, withoutLeftOvers } from "./cycles.ts";
import { decodeText, decodeToBytes } from "./decode.ts";
import { type NumericTable, readTable, type TableForm } from "./numeric-table.ts";
import { emptyFile, failure, unfinished } from "./parse-failure.ts";
import type { ParseFailure, ParseOutcome, Scan, Technique } from "./scan.ts";
import { inBaseUnit, unitDivisor } from "./si-unit.ts";
import { cellNumber, splitCells } from "./table-cells.ts";
import { electrodeColumns, namedColumns, type TableDescription } from "./table-description.ts";
import { OPEN_END, wholeRows } from "./table-report.ts";
import { TECHNIQUE_NAMES } from "./technique-words.ts";
import { HEADER_BYTES, lineEnd, nextLine } from "./text-line.ts";

export const DESCRIBED_TABLE = "described-table";

/** What a described table can hold: the session says which, as the file does not. */
export type DescribedTechnique = Exclude<Technique, "eis" | "other">;

/** Far more than any row seen. */
const MOST_COLUMNS = 1024;
const LONGEST_SHOWN = 40;

/**
 * The scan of a table as described, or its scans where a column numbers them. Strict: a row with a missing or unreadable cell, or with more cells than the
 * first row, is left out, counted and reported; a column that is not there fails the file, it never becomes zeros.
 * A number has the described decimal mark and no other. Never throws, whatever the bytes.
 */
export function parseDescribedTable(
  bytes: Uint8Array,
  table: TableDescription,
  technique: DescribedTechnique,
): ParseOutcome {
  const isTime = table.x.unit.endsWith("s");
  if (isTime !== (technique === "ca")) return wrongAxis(table, technique);
  const decoded = decodeToBytes(bytes);
  if (!decoded.ok) return decoded;
  const head = decodeText(wholeLines(decoded.bytes));
  if (!head.ok) return head;
  const found = findRows(decoded.bytes, table);
  if ("ok" in found) return found;
  const columns = namedColumns(table);
  const form: TableForm = {
    delimiter: table.delimiter,
    width: found.width,
    wanted: columns.map(({ column }) => column - 1),
    decimalMark: table.decimal_mark,
    missing: table.missing,
    quoted: true,
  };
  const numbers = readTable(decoded.bytes, found.start, form);
  const kept = keptRows(numbers, wholeRows(decoded.bytes, numbers, form), table.missing);
  const report: Reading = { numbers, kept, table, firstLine: table.skip_lines + 1 };
  if (kept.rows.length === 0) return noRows(report);
  const scans = scansOf(report, technique);
  if ("ok" in scans) return scans;
  return { ok: true, format: DESCRIBED_TABLE, encoding: decoded.wide ?? head.encoding, scans };
}

/** One scan, or one for each run of rows with the same number in the scan column. */
function scansOf(reading: Reading, technique: DescribedTechnique): Scan[] | ParseFailure {
  const { numbers, kept, table, firstLine } = reading;
  const about = { technique, technique_name: TECHNIQUE_NAMES[technique] };
  if (table.scan_column === null) return [{ ...about, ...curves(reading), warnings: warnings(reading) }];
  const marks = numbers.columns.at(-1)!;
  const runs = cycleRuns(Float64Array.from(kept.rows, (row) => marks[row]!));
  if (runs === null) return failure("unsupported_format", tooManyScans("scans"), firstLine);
  const whole = withoutLeftOvers(runs, ({ from, to }) => to - from);
  return whole.kept.map(({ cycle, from, to }, index) => ({
    ...about,
    cycle,
    ...curves({ ...reading, kept: { ...kept, rows: kept.rows.subarray(from, to) } }),
    warnings: index === 0 ? [...warnings(reading), ...whole.warnings] : [],
  }));
}

interface Reading {
  readonly numbers: NumericTable;
  readonly kept: Kept;
  readonly table: TableDescription;
  /** Line of the first line that was read, counted from 1. */
  readonly firstLine: number;
}

/** Rows of the table that hold values, and how many hold a number that stands for none. */
interface Kept {
  readonly rows: Int32Array;
  readonly sentinels: number;
}

function keptRows({ columns }: NumericTable, rows: number, missing: readonly string[]): Kept {
  const sentinels = missing.flatMap((word) => cellNumber(word, ".") ?? cellNumber(word, ",") ?? []);
  const kept = new Int32Array(Math.max(0, rows));
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (!columns.some((column) => sentinels.includes(column[row]!))) kept[count++] = row;
  }
  return { rows: kept.subarray(0, count), sentinels: Math.max(0, rows) - count };
}

function curves({ numbers, kept, table }: Reading): Pick<Scan, "potentials_v" | "times_s" | "electrodes"> {
  const divisor_a = unitDivisor(table.current_unit, "A") ?? 1;
  const base = table.x.unit.endsWith("s") ? "s" : "V";
  let slot = 0;
  const next = (divisor: number): Float64Array => {
    const column = numbers.columns[slot++]!;
    return inBaseUnit(
      Float64Array.from(kept.rows, (row) => column[row]!),
      divisor,
    );
  };
  const x = next(unitDivisor(table.x.unit, base) ?? 1);
  const electrodes = electrodeColumns(table).map(({ electrode, forward, reverse }) => ({
    electrode,
    currents_a: next(divisor_a),
    ...(forward !== null && { forward_a: next(divisor_a) }),
    ...(reverse !== null && { reverse_a: next(divisor_a) }),
  }));
  return base === "V"
    ? { potentials_v: x, electrodes }
    : { potentials_v: new Float64Array(0), times_s: x, electrodes };
}

/** Where the lines that are read begin, and how many cells the first row has; or why there is none. */
function findRows(
  bytes: Uint8Array,
  table: TableDescription,
): { readonly start: number; readonly width: number } | ParseFailure {
  if (!bytes.some((byte) => byte > 0x20)) return emptyFile();
  let start = 0;
  for (let line = 0; line < table.skip_lines; line++) {
    if (start >= bytes.length) {
      return unfinished(`The description skips ${table.skip_lines} lines, and the file has ${line}`, line);
    }
    start = nextLine(bytes, lineEnd(bytes, start));
  }
  let first: { readonly cells: readonly string[]; readonly line: number } | null = null;
  let line = table.skip_lines;
  for (let at = start; at < bytes.length; ) {
    const end = lineEnd(bytes, at);
    line++;
    const cells = end === at ? [] : cellsOf(bytes.subarray(at, end), table);
    at = nextLine(bytes, end);
    if (cells.length === 0) continue;
    first ??= { cells, line };
    const x = cells[table.x.column - 1];
    if (x === undefined || cellNumber(x, table.decimal_mark) === null) continue;
    const short = namedColumns(table).find(({ column }) => column > cells.length);
    if (short === undefined) return { start, width: cells.length };
    // The end of a file that still grows may be cut anywhere.
    if (end >= bytes.length) break;
    return missingColumn(short, cells.length, line);
  }
  return noFirstRow(first, table);
}

/** A longer line is no row; its rest is not looked at. */
function cellsOf(line: Uint8Array, { delimiter }: TableDescription): string[] {
  const text = String.fromCharCode(...line.subarray(0, 16_384));
  return splitCells(text, delimiter).slice(0, MOST_COLUMNS);
}

function missingColumn(
  { column, role }: { readonly column: number; readonly role: string },
  has: number,
  line: number,
): ParseFailure {
  const columns = has === 1 ? "1 column" : `${has} columns`;
  return failure(
    "missing_column",
    `Column ${column} (${role}) is not there: the first row, line ${line}, has ${columns}.`,
    line,
  );
}

function noFirstRow(
  first: { readonly cells: readonly string[]; readonly line: number } | null,
  table: TableDescription,
): ParseFailure {
  if (first === null) {
    return unfinished(`Below the ${table.skip_lines} lines that are skipped there is nothing yet`);
  }
  const [x] = namedColumns(table);
  const { column, unit } = table.x;
  const cell = first.cells[column - 1];
  const line = first.line;
  if (cell === undefined && x !== undefined) return missingColumn(x, first.cells.length, line);
  const message = `No line from line ${line} on begins a row: column ${column} (${x?.role}, ${unit}) of line ${line} is ${shown(cell)}, and a number with "${table.decimal_mark}" was expected.`;
  return failure("unsupported_format", message, line);
}

/** Every row was left out. */
function noRows({ numbers, kept, table, firstLine }: Reading): ParseFailure {
  const bad = numbers.firstMissing ?? numbers.firstBad;
  if (kept.sentinels > 0 || bad === null) {
    return kept.sentinels > 0
      ? failure("missing_column", `All ${kept.sentinels} rows hold a number that stands for no value.`)
      : unfinished("The table has no whole row yet", firstLine);
  }
  const count = numbers.badRows + numbers.missingRows;
  const role = roleOf(table, bad.column);
  const message = `None of the ${count} rows can be used: in the first, line ${firstLine + bad.line}, ${role} ${bad.short ? "is not there" : "is no number"}.`;
  return failure(bad.short ? "missing_column" : "unsupported_format", message, firstLine + bad.line);
}

function warnings({ numbers, kept, table, firstLine }: Reading): string[] {
  const found: string[] = [];
  const say = (count: number, why: string, first: NumericTable["firstBad"]) => {
    if (count === 0) return;
    const where =
      first === null ? "" : `; the first: line ${firstLine + first.line}, ${roleOf(table, first.column)}`;
    found.push(`${count === 1 ? "1 row was" : `${count} rows were`} left out because of ${why}${where}.`);
  };
  say(numbers.badRows, "a missing or unreadable cell", numbers.firstBad);
  say(numbers.missingRows, "a word for no value", numbers.firstMissing);
  say(kept.sentinels, "a number for no value", null);
  const whole = kept.rows.length + kept.sentinels;
  if (numbers.openEnd && !(numbers.lastRowOpen && whole === numbers.rows)) found.push(OPEN_END);
  return found;
}

function roleOf(table: TableDescription, column: number): string {
  const named = namedColumns(table).find((one) => one.column === column + 1);
  return named === undefined ? `column ${column + 1}` : `column ${column + 1} (${named.role})`;
}

function wrongAxis({ x }: TableDescription, technique: DescribedTechnique): ParseFailure {
  const wanted = technique === "ca" ? "a time (s or ms)" : "a potential (V or mV)";
  const message = `The description gives column ${x.column} in ${x.unit}; ${TECHNIQUE_NAMES[technique]} needs ${wanted}. Change the unit or the technique.`;
  return failure("missing_column", message);
}

function shown(cell: string | undefined): string {
  const text = cell ?? "";
  if (text === "") return "empty";
  return `"${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}"`;
}

/** The head up to its last line end, so that no character is cut in two. */
function wholeLines(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= HEADER_BYTES) return bytes;
  let end = HEADER_BYTES;
  while (end > 0 && bytes[end - 1] !== 0x0a && bytes[end - 1] !== 0x0d) end--;
  return bytes.subarray(0, end === 0 ? HEADER_BYTES : end);
}
