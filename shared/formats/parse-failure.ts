/** A file that gave no scan, in the words that every format uses. */

import type { ParseFailure } from "./scan.ts";

/** Enough for every message with what was found; what a file says of itself may be of any length. */
const LONGEST_MESSAGE = 800;

export function failure(code: ParseFailure["code"], message: string, line?: number): ParseFailure {
  const shown = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
  return { ok: false, code, message: shown, ...(line !== undefined && { line }) };
}

export function emptyFile(): ParseFailure {
  return failure("empty_file", "The file is empty. The instrument may not have written to it yet.");
}

/** `what` is missing at the end of what is there: the file is not finished, or lost its end. */
export function unfinished(what: string, line?: number): ParseFailure {
  return failure("incomplete_file", `${what}. The file may still be growing, or was cut.`, line);
}
