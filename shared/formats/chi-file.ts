/** A CH Instruments text file taken apart: its measurements with encoding, header, technique, and where the table begins. */

import { delimiterOf } from "./chi-columns.ts";
import { type ChiHeader, parseChiHeader } from "./chi-header.ts";
import { type ChiPart, splitChiParts } from "./chi-parts.ts";
import { tooManyScans } from "./cycles.ts";
import { type ByteText, decodeText, decodeToBytes } from "./decode.ts";
import { emptyFile, failure, unfinished } from "./parse-failure.ts";
import type { Encoding, ParseFailure, Technique } from "./scan.ts";
import { techniqueOf } from "./technique-words.ts";
import { HEADER_BYTES, LINE_END } from "./text-line.ts";

/** One measurement before its numbers are read. */
export interface ChiFile {
  readonly ok: true;
  readonly encoding: Encoding;
  /** Of this measurement alone. */
  readonly bytes: Uint8Array;
  readonly header: ChiHeader;
  readonly technique: Technique;
  readonly tableHeader: string;
  /** Line of the table header in the whole file, counted from 1. */
  readonly tableLine: number;
  /** Position in `bytes` behind the line of the table header. */
  readonly tableStart: number;
}

/** A measurement of a file, or why it is none. */
export interface ChiMeasurement {
  /** Line of the whole file in which it begins, counted from 1. */
  readonly firstLine: number;
  readonly file: ChiFile | ParseFailure;
}

/** The measurements of a file, at least one: most files hold one, some several that were appended to each other. */
export function openChiFile(bytes: Uint8Array): ChiMeasurement[] | ParseFailure {
  const decoded = decodeToBytes(bytes);
  if (!decoded.ok) return decoded;
  const parts = splitChiParts(decoded.bytes);
  if (parts === null) return failure("unsupported_format", tooManyScans("measurements"));
  const found: ChiMeasurement[] = [];
  let above: ChiHeader | null = null;
  for (const part of parts) {
    const file = openPart(decoded, part, above);
    if (file.ok) above = file.header;
    found.push({ firstLine: part.firstLine, file });
  }
  return found;
}

/** Reads the header above the table. A table without one of its own, below another table, has the header `above`. */
function openPart(
  { bytes, wide }: ByteText,
  { start, end, firstLine, table }: ChiPart,
  above: ChiHeader | null,
): ChiFile | ParseFailure {
  const headEnd = table?.end ?? Math.min(end, start + HEADER_BYTES);
  const head = decodeText(bytes.subarray(start, headEnd));
  if (!head.ok) return start === 0 ? head : { ...head, line: firstLine };
  const lines = head.text.split(LINE_END);
  if (table === null) return noTable(lines, firstLine);
  const tableHeader = lines.at(-1) ?? "";
  const inherited = lines.length === 1 && above !== null ? { ...above, peaks: [] } : null;
  const header = inherited ?? parseChiHeader(lines.slice(0, -1), delimiterOf(tableHeader) !== ",");
  return {
    ok: true,
    encoding: wide ?? head.encoding,
    bytes: bytes.subarray(start, end),
    header,
    technique: findTechnique(header, tableHeader),
    tableHeader,
    tableLine: firstLine + lines.length - 1,
    tableStart: table.next - start,
  };
}

function noTable(lines: readonly string[], firstLine: number): ParseFailure {
  if (lines.every((line) => line.trim() === "")) return emptyFile();
  const wanted = 'No table header (a line such as "Potential/V, Current/A")';
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const where =
    firstLine === 1 ? `the first ${count} lines` : `lines ${firstLine} to ${firstLine + count - 1}`;
  return unfinished(`${wanted} stands in ${where}`, firstLine + count - 1);
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
