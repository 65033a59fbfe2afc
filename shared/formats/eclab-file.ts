/** A BioLogic EC-Lab text file taken apart: header, technique, and where its table begins. */

import { type ClockReading, readClockText } from "./clock.ts";
import { decodeText, decodeToBytes } from "./decode.ts";
import { positive, readNumber } from "./header-number.ts";
import { emptyFile, unfinished } from "./parse-failure.ts";
import type { Encoding, ParseFailure } from "./scan.ts";
import { HEADER_BYTES, LINE_END, lineEnd, nextLine } from "./text-line.ts";

/** Before its numbers are read. */
export interface EclabFile {
  readonly ok: true;
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
  /** In the instrument's words; null in an export without a header. */
  readonly techniqueName: string | null;
  readonly instrument: string | undefined;
  readonly clock: ClockReading;
  readonly scanRateVPerS: number | undefined;
  readonly columnNames: readonly string[];
  /** Line of the column names, counted from 1. */
  readonly columnLine: number;
  /** Position behind that line. */
  readonly tableStart: number;
}

/** One of these names makes a line the column line. */
const COLUMN_NAMES: ReadonlySet<string> = new Set([
  "mode",
  "time/s",
  "Ewe/V",
  "<Ewe>/V",
  "control/V",
  "freq/Hz",
]);
const CURRENT_NAME = /^(?:I|<I>)\/(?:|m|µ|μ|n|p)A$/;
/** Labels are shown to people; a longer one is something else. */
const LONGEST_LABEL = 120;
/** Parameters stand in columns of 20 characters; a further one belongs to a further step of a sequence. */
const PARAMETER_WIDTH = 20;
/** V/s in one of each unit that EC-Lab offers for a scan rate. */
const SCAN_RATE_UNITS: Readonly<Record<string, number>> = {
  "V/s": 1,
  "mV/s": 1e3,
  "V/mn": 60,
  "mV/mn": 60e3,
  "V/min": 60,
  "mV/min": 60e3,
  "mV/h": 3600e3,
};

/**
 * Finds the column line by its names, not by the number in line 2, which is wrong once an editor has added or
 * removed a line, and reads the header above it.
 */
export function openEclabFile(bytes: Uint8Array): EclabFile | ParseFailure {
  const decoded = decodeToBytes(bytes);
  if (!decoded.ok) return decoded;
  const at = findColumnLine(decoded.bytes);
  const head = decodeText(decoded.bytes.subarray(0, at?.end ?? HEADER_BYTES));
  if (!head.ok) return head;
  const lines = head.text.split(LINE_END);
  if (lines.every((line) => line.trim() === "")) return emptyFile();
  if (at === null) {
    return unfinished(
      'No line of column names (with "time/s" and "Ewe/V") stands in the header',
      lines.length,
    );
  }
  const header = lines.slice(0, -1);
  return {
    ok: true,
    encoding: decoded.wide ?? head.encoding,
    bytes: decoded.bytes,
    techniqueName: techniqueLine(header),
    instrument: field(header, "Device") || undefined,
    clock: readClockText(field(header, "Technique started on") || field(header, "Acquisition started on")),
    scanRateVPerS: scanRate(header),
    columnNames: namesOf(lines.at(-1) ?? ""),
    columnLine: lines.length,
    tableStart: at.next,
  };
}

/** Whether a line names the columns of an EC-Lab table. */
export function isColumnLine(line: string): boolean {
  const names = namesOf(line);
  const known = names.filter((name) => COLUMN_NAMES.has(name) || CURRENT_NAME.test(name));
  return known.length >= 2;
}

function namesOf(line: string): string[] {
  const names = line.split("\t").map((name) => name.trim());
  while (names.at(-1) === "") names.pop();
  return names;
}

/** A line without its end is not taken: it may lack columns. */
function findColumnLine(bytes: Uint8Array): { end: number; next: number } | null {
  const head = bytes.subarray(0, HEADER_BYTES);
  for (let start = 0; start < head.length; ) {
    const end = lineEnd(head, start);
    if (end === head.length) return null;
    const next = nextLine(bytes, end);
    if (head.subarray(start, end).includes(0x09)) {
      const line = decodeText(head.subarray(start, end));
      if (line.ok && isColumnLine(line.text)) return { end, next };
    }
    start = next;
  }
  return null;
}

/** The first words below the first two lines; fields have a colon. */
function techniqueLine(header: readonly string[]): string | null {
  const line = header.slice(2).find((candidate) => candidate.trim() !== "");
  return line === undefined || line.includes(" :") ? null : line.trim().slice(0, LONGEST_LABEL);
}

/** Text behind `Name :`. */
function field(header: readonly string[], name: string): string {
  const line = header.find((candidate) => candidate.startsWith(`${name} :`));
  return line === undefined
    ? ""
    : line
        .slice(name.length + 2)
        .trim()
        .slice(0, LONGEST_LABEL);
}

/** Left out when the steps of a sequence differ: one number would be wrong for most of the curve. */
function scanRate(header: readonly string[]): number | undefined {
  const value = parameter(header, "dE/dt");
  const unit = parameter(header, "dE/dt unit");
  const perSecond = unit !== null && Object.hasOwn(SCAN_RATE_UNITS, unit) ? SCAN_RATE_UNITS[unit] : undefined;
  const rate = value === null ? null : readNumber(value, true);
  return rate === null || perSecond === undefined ? undefined : positive(rate / perSecond);
}

/** The one value of a parameter; null where it is missing or differs between steps. */
function parameter(header: readonly string[], name: string): string | null {
  const line = header.find((candidate) => candidate.slice(0, PARAMETER_WIDTH).trim() === name);
  const values: string[] = [];
  for (
    let at = PARAMETER_WIDTH;
    line !== undefined && at < Math.min(line.length, 2000);
    at += PARAMETER_WIDTH
  ) {
    values.push(line.slice(at, at + PARAMETER_WIDTH).trim());
  }
  const given = new Set(values.filter((value) => value !== ""));
  const [only] = given;
  return given.size === 1 && only !== undefined ? only : null;
}
