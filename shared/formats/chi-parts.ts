/** Where one measurement of a CH Instruments text file ends and the next one, appended to it, begins. */

import { cleanLine, isPlainWords, readClock } from "./chi-header.ts";
import { MOST_SCANS } from "./cycles.ts";
import { techniqueOf } from "./technique-words.ts";
import { asciiOf, HEADER_BYTES, lineEnd, nextLine } from "./text-line.ts";

/** The line of a table header, without its end. */
export interface ChiTablePlace {
  readonly start: number;
  readonly end: number;
  /** Where the line behind it begins. */
  readonly next: number;
}

/** One measurement: its own header, where it has one, then its table. */
export interface ChiPart {
  readonly start: number;
  readonly end: number;
  /** Line of the file, counted from 1. */
  readonly firstLine: number;
  /** Null where no finished table header stands in the part's first 64 KB. */
  readonly table: ChiTablePlace | null;
}

type Mark = "table" | "clock" | "technique" | "field";
type OpenPart = { -readonly [Key in keyof ChiPart]: ChiPart[Key] };

const TABLE_HEADER = /^(?:Potential|Time|Freq)\//i;
const FIELD = /^(?:Init E \(V\)\s*=|File:|Data Source:|Instrument Model:)/;
/** A path is the longest line of a header; what marks a line stands at its start. */
const LONGEST_MARK = 200;
/** A technique that is not known here, in words alone: no row, not even one of `nan`. */
const WORDS_ALONE = /^[A-Za-z][^=:,;\t\d]*$/;
/** A clock in any locale's form; but no row, and no row with a clock glued to it where its line end was lost. */
const ANY_CLOCK = /^(?![-+]?[\d.]+(?:e[-+]?\d+)?\s*[,;\t])(?!.*\d[A-Z][a-z]{2}).*\d:\d\d/i;
const QUOTE = 0x22;
/** Of a header, the lines in which its own clock may stand. */
const CLOCK_LINES = 3;

/**
 * The measurements of a file in their order; null when there are more than any instrument writes. Behind a table a
 * next one begins at a table header or at a line that only a file's header has. Within a header (one that was cut
 * before its table) only a second clock with a technique below it counts: notes are free text. A last line without
 * its end never marks anything.
 */
export function splitChiParts(bytes: Uint8Array): ChiPart[] | null {
  let part = newPart(0, 1);
  let hasClock = false;
  const parts = [part];
  // The two lines above, for a clock or technique that nothing but their place tells.
  let [above, farAbove] = [0, 0];
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const end = lineEnd(bytes, start);
    if (end === bytes.length) break;
    const next = nextLine(bytes, end);
    const text = behindMarks(bytes, start);
    const mark = mayBeMark(bytes[text]!) ? markOf(bytes, text, end) : null;
    if (mark !== null) {
      const isNext =
        part.table !== null ||
        (mark === "clock" && isSecondClock(bytes, next, hasClock, line - part.firstLine));
      if (isNext) {
        const lines =
          part.table === null ? 0 : headerLinesAbove(bytes, [start, above, farAbove], mark, part.table.next);
        part.end = lines === 0 ? start : lines === 1 ? above : farAbove;
        part = newPart(lines === 0 ? text : behindMarks(bytes, part.end), line - lines);
        hasClock = false;
        if (parts.push(part) > MOST_SCANS) return null;
      }
      if (mark === "clock") hasClock = true;
      if (mark === "table" && end - part.start < HEADER_BYTES) part.table ??= { start: text, end, next };
    }
    [farAbove, above] = [above, start];
    start = next;
  }
  part.end = bytes.length;
  return parts;
}

function newPart(start: number, firstLine: number): OpenPart {
  return { start, end: start, firstLine, table: null };
}

/** Whether a clock within a header is that of another file: the header has one, or is past the lines for it. */
function isSecondClock(bytes: Uint8Array, next: number, hasClock: boolean, linesAbove: number): boolean {
  if (!hasClock && linesAbove < CLOCK_LINES) return false;
  const end = lineEnd(bytes, next);
  return end < bytes.length && markOf(bytes, next, end) === "technique";
}

/** How many of the lines above a mark belong to the same header: an unknown technique, a clock of another locale. */
function headerLinesAbove(
  bytes: Uint8Array,
  [start, above, farAbove]: readonly [number, number, number],
  mark: Mark,
  rowsStart: number,
): number {
  if ((mark !== "technique" && mark !== "field") || above < rowsStart) return 0;
  const first = cleanLine(textOf(bytes, above, start).trimEnd());
  if (ANY_CLOCK.test(first)) return 1;
  if (mark !== "field" || !WORDS_ALONE.test(first)) return 0;
  return farAbove >= rowsStart && ANY_CLOCK.test(cleanLine(textOf(bytes, farAbove, above).trimEnd())) ? 2 : 1;
}

/** Marks begin with a letter, or with the quote that a spreadsheet puts before one; rows with neither. */
function mayBeMark(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || byte === QUOTE;
}

function markOf(bytes: Uint8Array, start: number, end: number): Mark | null {
  const text = cleanLine(textOf(bytes, start, end));
  if (TABLE_HEADER.test(text)) return "table";
  if (FIELD.test(text)) return "field";
  if (readClock(text) !== null) return "clock";
  return isPlainWords(text) && techniqueOf(text) !== "other" ? "technique" : null;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return asciiOf(bytes, start, Math.min(end, start + LONGEST_MARK));
}

/** A file that was appended brought its byte order mark along. */
function behindMarks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
  return at;
}
