/** A CH Instruments text file taken apart: encoding, header, technique, and where its table begins. */

import { delimiterOf } from "./chi-columns.ts";
import { type ChiHeader, parseChiHeader } from "./chi-header.ts";
import { decodeText, decodeToBytes } from "./decode.ts";
import { emptyFile, unfinished } from "./parse-failure.ts";
import type { Encoding, ParseFailure, Technique } from "./scan.ts";
import { techniqueOf } from "./technique-words.ts";
import { asciiOf, HEADER_BYTES, LINE_END, lineEnd, nextLine } from "./text-line.ts";

/** Before its numbers are read. */
export interface ChiFile {
  readonly ok: true;
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
  readonly header: ChiHeader;
  readonly technique: Technique;
  readonly tableHeader: string;
  /** Line of the table header, counted from 1. */
  readonly tableLine: number;
  /** Position behind the line of the table header. */
  readonly tableStart: number;
}

/** P, T and F in either case, and the quote that a spreadsheet may put before them. */
const FIRST_LETTERS: ReadonlySet<number> = new Set(Array.from('PpTtFf"', (letter) => letter.charCodeAt(0)));
const TABLE_HEADER = /^"?(?:Potential|Time|Freq)\//i;

/** Finds the table and reads the header above it. */
export function openChiFile(bytes: Uint8Array): ChiFile | ParseFailure {
  const decoded = decodeToBytes(bytes);
  if (!decoded.ok) return decoded;
  const at = findTableHeader(decoded.bytes);
  const head = decodeText(decoded.bytes.subarray(0, at?.end ?? HEADER_BYTES));
  if (!head.ok) return head;
  const lines = head.text.split(LINE_END);
  if (at === null) return noTable(lines);
  const tableHeader = lines.at(-1) ?? "";
  const header = parseChiHeader(lines.slice(0, -1), delimiterOf(tableHeader) !== ",");
  return {
    ok: true,
    encoding: decoded.wide ?? head.encoding,
    bytes: decoded.bytes,
    header,
    technique: findTechnique(header, tableHeader),
    tableHeader,
    tableLine: lines.length,
    tableStart: at.next,
  };
}

/**
 * End of the table header's line, and where the next one starts. Never found by its number: the header grows with
 * the segments. A line without its end is not taken: it may lack columns.
 */
function findTableHeader(bytes: Uint8Array): { end: number; next: number } | null {
  const head = bytes.subarray(0, HEADER_BYTES);
  for (let start = 0; start < head.length; ) {
    const end = lineEnd(head, start);
    if (end === head.length) return null;
    const next = nextLine(bytes, end);
    if (isTableHeader(bytes, start, end)) return { end, next };
    start = next;
  }
  return null;
}

function isTableHeader(bytes: Uint8Array, start: number, end: number): boolean {
  // Most header lines are told by their first letter alone.
  if (!FIRST_LETTERS.has(bytes[start]!)) return false;
  return TABLE_HEADER.test(asciiOf(bytes, start, Math.min(end, start + 12)));
}

function noTable(lines: readonly string[]): ParseFailure {
  if (lines.every((line) => line.trim() === "")) return emptyFile();
  const wanted = 'No table header (a line such as "Potential/V, Current/A")';
  return unfinished(`${wanted} stands in the first ${lines.length} lines`, lines.length);
}

/** In words in the header; else from the parameters and columns, which tell most techniques apart. */
function findTechnique(header: ChiHeader, tableHeader: string): Technique {
  if (header.technique_name !== null) return techniqueOf(header.technique_name);
  const has = (...names: string[]) => names.every((name) => header.numbers.has(name));
  if (/^"?Freq\//i.test(tableHeader)) return "eis";
  if (/^"?Time\//i.test(tableHeader)) return /\b(?:Current|i\d*)\/A/i.test(tableHeader) ? "ca" : "other";
  if (has("high e", "low e", "scan rate")) return "cv";
  if (has("amplitude", "pulse width")) return "dpv";
  if (has("amplitude", "frequency", "incr e")) return "swv";
  if (has("final e", "scan rate")) return "lsv";
  // Only SWV has forward and reverse pulses.
  return /\bFor\(i|\bi\d+f\/A/i.test(tableHeader) ? "swv" : "other";
}
