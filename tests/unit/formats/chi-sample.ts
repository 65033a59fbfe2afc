/** Small CH Instruments files for the tests beside this one. */

import { chiText } from "../../../shared/formats/chi-text.ts";
import type { ParseFailure, Scan } from "../../../shared/formats/scan.ts";

export const HEAD = [
  "Sept. 28, 2023   14:42:59",
  "Square Wave Voltammetry",
  "File: c:\\data\\a_1.txt",
  "Data Source:  Experiment",
  "Instrument Model:  CHI1040C",
  "Header: ",
  "Note: ",
  "",
];
export const SWV = [
  "Init E (V) = 0",
  "Final E (V) = -0.012",
  "Incr E (V) = 0.004",
  "Amplitude (V) = 0.05",
  "Frequency (Hz) = 100",
  "Quiet Time (sec) = 2",
  "",
];
export const ROWS = ["-0.004, 1e-6", "-0.008, 2e-6", "-0.012, 3e-6"];

export const bytes = (lines: readonly string[], lineEnd = "\r\n") =>
  new TextEncoder().encode(lines.map((line) => line + lineEnd).join(""));
export const file = (header: string, rows: readonly string[] = ROWS, parameters: readonly string[] = SWV) =>
  bytes([...HEAD, ...parameters, header, "", ...rows]);

export function scanOf(content: Uint8Array): Scan {
  const outcome = chiText.parse(content);
  const scan = outcome.ok ? outcome.scans[0] : undefined;
  if (scan === undefined) throw new Error(`no scan: ${JSON.stringify(outcome)}`);
  return scan;
}

export function failureOf(content: Uint8Array): ParseFailure {
  const outcome = chiText.parse(content);
  if (outcome.ok) throw new Error("a failure was expected");
  return outcome;
}
