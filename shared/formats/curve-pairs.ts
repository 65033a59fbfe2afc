/** Curves that stand side by side in one table: each has an x and a y column of its own, and its own length. */

import { NumberScanner } from "./number-scanner.ts";
import type { BadRow, Delimiter } from "./numeric-table.ts";
import { lineEnd, nextLine } from "./text-line.ts";

export interface PairsForm {
  readonly delimiter: Delimiter;
  /** Number of curves; curve k has the columns 2k and 2k + 1. */
  readonly curves: number;
}

export interface CurvePairs {
  /** Finite numbers only; x and y of a curve are of the same length. */
  readonly curves: readonly { readonly x: Float64Array; readonly y: Float64Array }[];
  readonly badRows: number;
  readonly firstBad: BadRow | null;
  /** The last line holds something and has no line end: its last cell may be cut and is not used. */
  readonly openEnd: boolean;
  /** Where the table ends: at a line of words with a colon, or with the bytes. */
  readonly end: number;
  /** Lines up to there. */
  readonly lines: number;
}

const TAB = 0x09;
const BLANK = 0x20;
const COLON = 0x3a;
const QUOTE = 0x22;

/**
 * Reads pairs from `start` up to `length`. A pair counts when both cells are numbers; empty pairs are curves that
 * have ended. A file of many tables gives `bytes` that end with a line feed, which need not be copied for each.
 */
export function readCurvePairs(
  bytes: Uint8Array,
  start: number,
  form: PairsForm,
  length = bytes.length,
): CurvePairs {
  return new PairReader(bytes, length, form).read(start);
}

class PairReader {
  readonly #scanner: NumberScanner;
  readonly #length: number;
  readonly #delimiter: number;
  readonly #columns: GrowingColumn[];
  #badRows = 0;
  #firstBad: BadRow | null = null;
  #openEnd = false;

  constructor(bytes: Uint8Array, length: number, form: PairsForm) {
    this.#scanner = new NumberScanner(bytes, form.delimiter === "," ? "." : ".,");
    this.#length = length;
    this.#delimiter = form.delimiter.charCodeAt(0);
    this.#columns = Array.from({ length: 2 * form.curves }, () => new GrowingColumn());
  }

  read(start: number): CurvePairs {
    const { bytes } = this.#scanner;
    let at = start;
    let lines = 0;
    for (; at < this.#length; lines++) {
      const end = Math.min(lineEnd(bytes, at), this.#length);
      const first = this.#skipBlanks(at, end);
      if (isHeading(bytes, first, end)) break;
      if (first < end) this.#readLine(first, end, lines);
      at = nextLine(bytes, end);
    }
    const curves = [];
    for (let column = 0; column < this.#columns.length; column += 2) {
      curves.push({ x: this.#columns[column]!.values(), y: this.#columns[column + 1]!.values() });
    }
    const [badRows, firstBad] = [this.#badRows, this.#firstBad];
    return { curves, badRows, firstBad, openEnd: this.#openEnd, end: Math.min(at, this.#length), lines };
  }

  /** Cells are kept for now and counted at the end of the line: a surplus cell makes all of them doubtful. */
  #readLine(start: number, end: number, line: number): void {
    const columns = this.#columns;
    const isOpen = end >= this.#length;
    let at = start;
    let column = 0;
    let bad: BadRow | null = null;
    for (; column < columns.length && at <= end; column += 2) {
      const x = this.#readCell(at, end);
      const y = this.#readCell(x.next, end);
      at = y.next;
      const isPair = x.kind === "number" && y.kind === "number";
      const mayBeCut = isOpen && y.next > end;
      if (isPair && !mayBeCut) {
        columns[column]!.propose(x.value);
        columns[column + 1]!.propose(y.value);
      } else if (x.kind !== "empty" || y.kind !== "empty") {
        bad ??= {
          line,
          column: x.kind === "number" ? column + 1 : column,
          short: y.kind === "empty" && y.next > end,
        };
      }
    }
    const surplus = at <= end && this.#hasMore(at, end);
    if (surplus) bad ??= { line, column: columns.length, short: false };
    // Only the columns that the line reached: short lines under a wide header must not cost its width.
    while (column > 0) columns[--column]!.settle(!surplus);
    if (bad === null) return;
    // What an open line lacks may still come.
    if (isOpen) this.#openEnd = true;
    else {
      this.#badRows++;
      this.#firstBad ??= bad;
    }
  }

  #readCell(from: number, end: number): { kind: "number" | "empty" | "bad"; value: number; next: number } {
    const { bytes } = this.#scanner;
    const start = Math.min(this.#skipBlanks(from, end), end);
    let stop = start;
    while (stop < end && bytes[stop] !== this.#delimiter) stop++;
    if (stop === start) return { kind: "empty", value: 0, next: stop + 1 };
    this.#scanner.position = start;
    const value = this.#scanner.read();
    const isNumber = Number.isFinite(value) && this.#skipBlanks(this.#scanner.position, stop) === stop;
    return { kind: isNumber ? "number" : "bad", value, next: stop + 1 };
  }

  #hasMore(from: number, end: number): boolean {
    const { bytes } = this.#scanner;
    for (let at = from; at < end; at++) {
      if (bytes[at] !== this.#delimiter && bytes[at] !== BLANK && bytes[at] !== TAB) return true;
    }
    return false;
  }

  /** Blanks, and the byte order mark that some exports put on their last line. */
  #skipBlanks(from: number, end: number): number {
    const { bytes } = this.#scanner;
    let at = from;
    for (;;) {
      const isMark = bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
      if (at < end && isMark) at += 3;
      else if (at < end && (bytes[at] === BLANK || (bytes[at] === TAB && this.#delimiter !== TAB))) at++;
      else return at;
    }
  }
}

/** A column whose last value counts only once its line has been seen whole. */
class GrowingColumn {
  #room = new Float64Array(0);
  #length = 0;
  #proposed = false;

  propose(value: number): void {
    if (this.#length === this.#room.length) {
      const larger = new Float64Array(Math.max(64, 2 * this.#length));
      larger.set(this.#room);
      this.#room = larger;
    }
    this.#room[this.#length] = value;
    this.#proposed = true;
  }

  settle(counts: boolean): void {
    if (this.#proposed && counts) this.#length++;
    this.#proposed = false;
  }

  values(): Float64Array {
    return this.#room.slice(0, this.#length);
  }
}

/** `Measurement:`, `Date and time:` or `CH 3: …`: the words of a next block. No cell has letters and a colon. */
function isHeading(bytes: Uint8Array, start: number, end: number): boolean {
  const letter = bytes[start]! | 0x20;
  if (start >= end || !((letter >= 0x61 && letter <= 0x7a) || bytes[start] === QUOTE)) return false;
  return bytes.subarray(start, end).includes(COLON);
}
