/** All formats, in the order in which they are asked. To add one: write its file, add it to this list. */

import { chiBin } from "./chi-bin.ts";
import { chiText } from "./chi-text.ts";
import { decodeText } from "./decode.ts";
import { eclabText } from "./eclab-text.ts";
import { gamryDta } from "./gamry-dta.ts";
import { novaAscii } from "./nova-ascii.ts";
import { pssession } from "./pssession.ts";
import { pstraceCsv } from "./pstrace-csv.ts";
import type { InstrumentFormat, ParseFailure, ParseOutcome } from "./scan.ts";

/** Formats with a mark of their own come before those that are known by a habit of writing. */
export const FORMATS: readonly InstrumentFormat[] = [
  chiBin,
  gamryDta,
  eclabText,
  pssession,
  pstraceCsv,
  chiText,
  novaAscii,
];

/** The first format that recognises the content, whatever the file is called; null when none does. */
export function detectFormat(bytes: Uint8Array): InstrumentFormat | null {
  return FORMATS.find((format) => format.sniff(bytes)) ?? null;
}

/**
 * Scans of an instrument file, or one typed failure whose message says what was found and what to do.
 * Never throws, whatever the bytes.
 */
export function parseFile(bytes: Uint8Array): ParseOutcome {
  const format = detectFormat(bytes);
  return format === null ? explainUnknown(bytes) : format.parse(bytes);
}

/**
 * True when the content itself proves that the instrument has finished writing; false also for unknown content and
 * for formats that never tell.
 */
export function isComplete(bytes: Uint8Array): boolean {
  return detectFormat(bytes)?.isComplete?.(bytes) ?? false;
}

function explainUnknown(bytes: Uint8Array): ParseFailure {
  const decoded = decodeText(bytes);
  if (!decoded.ok) return decoded;
  const text = decoded.text.trimStart();
  if (text === "") {
    const message = "The file is empty. The instrument may not have written to it yet.";
    return { ok: false, code: "empty_file", message };
  }
  const [firstLine = ""] = text.split(/[\r\n]/, 1);
  const shown = firstLine.length > 60 ? `${firstLine.slice(0, 60)}…` : firstLine;
  // The binary form is known only in order to be refused.
  const known = FORMATS.filter((format) => format !== chiBin).map(({ title }) => title);
  const message = `No known instrument format begins like this: "${shown}". Known formats: ${known.join(", ")}. Export the measurement as text from the instrument's software.`;
  return { ok: false, code: "not_a_measurement", message };
}
