/** Rows of numbers, read column by column into typed arrays. */

import { type DecimalMarks, NumberScanner } from "./number-scanner.ts";

/** What stands between two cells. One blank stands for any run of blanks. */
export type Delimiter = "," | ";" | "\t" | " ";

/** How the rows of one table are written. */
export interface TableForm {
  readonly delimiter: Delimiter;
  /** Number of columns that the table header names. */
  readonly width: number;
  /** Columns to read, counted from 0. Cells of the others are passed over unread. */
  readonly wanted: readonly number[];
  /** Where it is known; else a point, and also a comma where no comma delimits. */
  readonly decimalMark?: DecimalMarks;
  /** Words that stand for "no value": rows with one of them are left out and counted apart. */
  readonly missing?: readonly string[];
  /** The cells may stand in quotes, as spreadsheets write them. */
  readonly quoted?: boolean;
}

/** Why a line of the table is no row. */
export interface BadRow {
  /** Line within the table, counted from 0. */
  readonly line: number;
  /** Column of the first cell that did not fit, counted from 0. */
  readonly column: number;
  /** Whether the line ended before that cell. */
  readonly short: boolean;
}

export interface NumericTable {
  /** One array for each wanted column, in that order, all of the same length; finite numbers only. */
  readonly columns: readonly Float64Array<ArrayBuffer>[];
  readonly rows: number;
  readonly badRows: number;
  readonly firstBad: BadRow | null;
  /** Rows left out because a wanted cell holds a word for "no value"; the first of them. */
  readonly missingRows: number;
  readonly firstMissing: BadRow | null;
  /** The last line holds something and has no line end: it may be cut. Never counted as bad. */
  readonly openEnd: boolean;
  /** That open line reads as a row and is the last of `columns`. */
  readonly lastRowOpen: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const QUOTE = 0x22;
const TAB = 0x09;

/** Bytes; a longer cell is no word for "no value". */
const LONGEST_WORD = 64;
const utf8 = new TextDecoder();

/** Kinds of bytes. */
const SPACE = 0;
const ANY = 1;
const DELIMITER = 2;
const LINE_END = 3;

/**
 * Reads every line of `bytes` from `start` on as a row. Lines of blanks and delimiters only are passed over. A row
 * is good when each wanted cell is a finite number and nothing stands behind the last named column (a decimal
 * comma where `,` delimits shows as a surplus cell; with any other delimiter a comma is a decimal mark); bad rows
 * are left out and counted. Memory stays within a small multiple of the input, whatever it holds.
 */
export function readTable(bytes: Uint8Array, start: number, form: TableForm): NumericTable {
  return new TableReader(bytes, start, form).read();
}

class TableReader {
  readonly #scanner: NumberScanner;
  readonly #length: number;
  readonly #form: TableForm;
  readonly #kinds: Uint8Array;
  /** Which of `columns` a column of the table goes to; -1 for none. */
  readonly #slots: Int32Array;
  readonly #lastWanted: number;
  #columns: Float64Array<ArrayBuffer>[] = [];
  #capacity = 0;
  #rows = 0;
  #badRows = 0;
  #firstBad: BadRow | null = null;
  #missingRows = 0;
  #firstMissing: BadRow | null = null;
  #openEnd = false;
  #lastRowOpen = false;

  constructor(bytes: Uint8Array, start: number, form: TableForm) {
    const marks = form.decimalMark ?? (form.delimiter === "," ? "." : ".,");
    this.#scanner = new NumberScanner(bytes, marks);
    this.#scanner.position = start;
    this.#length = bytes.length;
    this.#form = form;
    this.#kinds = byteKinds(form);
    this.#slots = new Int32Array(form.width).fill(-1);
    for (const [slot, column] of form.wanted.entries()) this.#slots[column] = slot;
    this.#lastWanted = Math.max(...form.wanted);
  }

  read(): NumericTable {
    this.#allocate();
    this.#readLines();
    return {
      columns: this.#columns.map((column) => column.slice(0, this.#rows)),
      rows: this.#rows,
      badRows: this.#badRows,
      firstBad: this.#firstBad,
      missingRows: this.#missingRows,
      firstMissing: this.#firstMissing,
      openEnd: this.#openEnd,
      lastRowOpen: this.#lastRowOpen,
    };
  }

  /** The one loop that sees every byte of every file: what it touches is in locals, and lines that are no rows leave it. */
  #readLines(): void {
    const scanner = this.#scanner;
    const bytes = scanner.bytes;
    const kinds = this.#kinds;
    const slots = this.#slots;
    const width = slots.length;
    const lastWanted = this.#lastWanted;
    const blankDelimits = this.#form.delimiter === " ";
    let start = scanner.position;
    for (let line = 0; start < this.#length; line++) {
      if (this.#rows === this.#capacity) this.#makeRoom(2 * this.#capacity);
      const columns = this.#columns;
      const row = this.#rows;
      let at = start;
      let column = 0;
      while (column < width) {
        while (kinds[bytes[at]!] === SPACE) at++;
        const slot = slots[column]!;
        if (slot >= 0) {
          scanner.position = at;
          const value = scanner.read();
          // Infinity and NaN leave NaN behind.
          if (value - value !== 0) break;
          at = scanner.position;
          columns[slot]![row] = value;
        } else while (kinds[bytes[at]!] === ANY || (kinds[bytes[at]!] === SPACE && !blankDelimits)) at++;
        const glued = kinds[bytes[at]!] === ANY;
        while (kinds[bytes[at]!] === SPACE) at++;
        const kind = kinds[bytes[at]!]!;
        if (kind === ANY && (glued || !blankDelimits)) break;
        column++;
        if (kind === LINE_END) break;
        if (kind === DELIMITER) at++;
      }
      if (column > lastWanted && kinds[bytes[at]!] !== LINE_END) at = this.#skipEmptyCells(at);
      if (column > lastWanted && kinds[bytes[at]!] === LINE_END) this.#keepRow(at);
      else at = this.#leaveOut(start, at, { line, column, short: kinds[bytes[at]!] === LINE_END });
      start = bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : at + 1;
    }
  }

  #keepRow(lineEnd: number): void {
    this.#rows++;
    this.#openEnd = this.#lastRowOpen = lineEnd >= this.#length;
  }

  /** A line that is no row: empty, or cut at the end of the file, or bad. Gives the position of its end. */
  #leaveOut(start: number, at: number, bad: BadRow): number {
    const { bytes } = this.#scanner;
    let end = at;
    while (this.#kinds[bytes[end]!] !== LINE_END) end++;
    if (this.#skipEmptyCells(start) === end) return end;
    this.#openEnd = end >= this.#length;
    if (this.#openEnd) return end;
    if (this.#isMissing(at)) {
      this.#missingRows++;
      this.#firstMissing ??= bad;
    } else {
      this.#badRows++;
      this.#firstBad ??= bad;
    }
    return end;
  }

  /** Whether the cell at `at` is one of the words for "no value". */
  #isMissing(at: number): boolean {
    const { missing } = this.#form;
    if (missing === undefined || missing.length === 0) return false;
    const { bytes } = this.#scanner;
    const kinds = this.#kinds;
    const blankDelimits = this.#form.delimiter === " ";
    let end = at;
    while (kinds[bytes[end]!] === ANY || (kinds[bytes[end]!] === SPACE && !blankDelimits)) end++;
    while (end > at && kinds[bytes[end - 1]!] === SPACE) end--;
    if (end - at > LONGEST_WORD) return false;
    const cell = utf8.decode(bytes.subarray(at, end)).toLowerCase();
    return missing.some((word) => word.toLowerCase() === cell);
  }

  /** Spreadsheets fill short lines up with empty cells. */
  #skipEmptyCells(from: number): number {
    const { bytes } = this.#scanner;
    let at = from;
    while (this.#kinds[bytes[at]!] === SPACE || this.#kinds[bytes[at]!] === DELIMITER) at++;
    return at;
  }

  /** Room for rows as long as the first, but never more than two bytes for a cell allow. */
  #allocate(): void {
    const { bytes, position } = this.#scanner;
    const rest = Math.max(0, this.#length - position);
    const firstLine = Math.max(2, bytes.indexOf(LF, position + 2) - position);
    const most = rest / (2 * this.#form.wanted.length);
    this.#makeRoom(16 + Math.floor(Math.min((rest / firstLine) * 1.2, most)));
  }

  /** One buffer for all columns while reading: an allocation costs as much as a few rows. */
  #makeRoom(capacity: number): void {
    const room = new Float64Array(capacity * this.#form.wanted.length);
    const before = this.#columns;
    this.#columns = this.#form.wanted.map((_, slot) => room.subarray(slot * capacity, (slot + 1) * capacity));
    for (const [slot, column] of before.entries()) this.#columns[slot]!.set(column);
    this.#capacity = capacity;
  }
}

function byteKinds({ delimiter, quoted = false }: TableForm): Uint8Array {
  const kinds = new Uint8Array(256).fill(ANY);
  // Where blanks delimit, cells stand apart by blanks alone: there is no delimiter of its own.
  if (delimiter !== " ") kinds[delimiter.charCodeAt(0)] = DELIMITER;
  kinds[BLANK] = SPACE;
  if (quoted) kinds[QUOTE] = SPACE;
  if (delimiter !== "\t") kinds[TAB] = SPACE;
  kinds[CR] = LINE_END;
  kinds[LF] = LINE_END;
  return kinds;
}
