/** The head of a CH Instruments text file: technique, parameters, clock, and the instrument's own peaks. */

import { localTime } from "./clock.ts";
import { readNumber } from "./header-number.ts";
import { techniqueOf } from "./technique-words.ts";

export interface ChiPeak {
  /** Null where no `Channel n:` line stands above the peak. */
  readonly channel: number | null;
  readonly potential_v: number;
  readonly height_a: number;
}

export interface ChiHeader {
  /** In the instrument's words; null in files that begin at their parameters. */
  readonly technique_name: string | null;
  readonly started_at: string | null;
  readonly instrument: string | null;
  /** Number of `name (unit) = number` by name in lower case, without unit: `init e`, `frequency`. */
  readonly numbers: ReadonlyMap<string, number>;
  /** `Init P/N`: whether a CV first goes towards positive; null where not stated. */
  readonly startsPositive: boolean | null;
  /** Electrodes of `E<n> Scan On` lines. */
  readonly scannedElectrodes: readonly number[];
  readonly peaks: readonly ChiPeak[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const CLOCK = /^([A-Z][a-z]{2,4})\.?\s+(\d{1,2}),\s*(\d{4}),?\s+(\d{1,2}):(\d{2}):(\d{2})$/;
const SPREADSHEET_MARKS = '",; \t\r';
const LONGEST_LINE = 500;
const MODEL = "Instrument Model:";
const PEAK_HEADING = /^(Channel|Segment|Difference|Forward|Reverse)\s*(\d{1,3})?:$/;

/**
 * Reads the lines above the table. Tolerant: unknown lines are passed over, their number and order do not count.
 * A spreadsheet's quotes and trailing separators are taken off. With `commaIsMark` a comma in a
 * number is its decimal mark.
 */
export function parseChiHeader(lines: readonly string[], commaIsMark: boolean): ChiHeader {
  const clean = lines.map(cleanLine);
  const numbers = new Map<string, number>();
  let startsPositive: boolean | null = null;
  for (const line of clean) {
    const equals = line.indexOf("=");
    if (equals < 1) continue;
    const value = line.slice(equals + 1).trim();
    const [name = ""] = line.slice(0, equals).split("(", 1);
    if (name.trim() === "Init P/N") startsPositive = value === "P" ? true : value === "N" ? false : null;
    const number = readNumber(value, commaIsMark);
    if (number !== null) numbers.set(name.trim().toLowerCase(), number);
  }
  return {
    technique_name: findTechniqueName(clean),
    started_at:
      clean
        .slice(0, 3)
        .map(readClock)
        .find((clock) => clock !== null) ?? null,
    instrument:
      clean
        .find((line) => line.startsWith(MODEL))
        ?.slice(MODEL.length)
        .trim() || null,
    numbers,
    startsPositive,
    scannedElectrodes: clean.flatMap((line) => {
      const electrode = line.endsWith("Scan On") ? /^E(\d{1,3}) /.exec(line)?.[1] : undefined;
      return electrode === undefined ? [] : [Number(electrode)];
    }),
    peaks: readPeaks(clean, commaIsMark),
  };
}

/**
 * Local time without zone, `2023-09-28T14:42:59`, from CHI's `Sept. 28, 2023   14:42:59`; null for anything else,
 * dates of other locales too: guessing between day and month would be worse than none.
 */
export function readClock(line: string): string | null {
  const [, monthName, day, year, hour, minute, second] = CLOCK.exec(line) ?? [];
  if (monthName === undefined || day === undefined || hour === undefined) return null;
  const month = MONTHS.indexOf(monthName.slice(0, 3).toLowerCase()) + 1;
  if (month === 0 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  return localTime([Number(year), month, Number(day)], `${hour.padStart(2, "0")}:${minute}:${second}`);
}

/**
 * A line without what a spreadsheet adds: it quotes cells that hold a comma and fills every line up with separators.
 * No real header line is longer than a path; the cut keeps the patterns below fast on whatever else comes.
 */
export function cleanLine(line: string): string {
  let end = Math.min(line.length, LONGEST_LINE);
  while (end > 0 && SPREADSHEET_MARKS.includes(line[end - 1]!)) end--;
  return line.slice(line.startsWith('"') ? 1 : 0, end).trim();
}

function findTechniqueName(lines: readonly string[]): string | null {
  // Line 2 when line 1 is the clock; else only words that are a technique, so that no parameter is taken for one.
  if (readClock(lines[0] ?? "") !== null && isPlainWords(lines[1])) return lines[1] ?? null;
  const named = lines.slice(0, 3).find((line) => isPlainWords(line) && techniqueOf(line) !== "other");
  if (named !== undefined) return named;
  // A clock in another locale's form: the technique is still the line above `File:`.
  const fileLine = lines.slice(0, 4).findIndex((line) => line.startsWith("File:"));
  const above = lines[fileLine - 1];
  return fileLine > 0 && isPlainWords(above) ? (above ?? null) : null;
}

/** Whether a line can be the name of a technique: no parameter, no label. */
export function isPlainWords(line: string | undefined): boolean {
  return line !== undefined && /^[A-Za-z]/.test(line) && !/[=:]/.test(line);
}

/**
 * `Ep` and `ip` pairs. Under `Forward:` and `Reverse:` they belong to half currents that have no place in a
 * result, so only those under `Difference:` or under no such heading are taken.
 */
function readPeaks(lines: readonly string[], commaIsMark: boolean): ChiPeak[] {
  const peaks: ChiPeak[] = [];
  let channel: number | null = null;
  let isNet = true;
  let potential_v: number | null = null;
  for (const line of lines) {
    const [, heading, number] = line.endsWith(":") ? (PEAK_HEADING.exec(line) ?? []) : [];
    if (heading !== undefined) {
      if (heading === "Channel") channel = number === undefined ? null : Number(number);
      isNet = heading !== "Forward" && heading !== "Reverse";
      potential_v = null;
    } else if (isNet && /^Ep\s*=/.test(line)) {
      potential_v = readNumber(line.slice(line.indexOf("=") + 1), commaIsMark);
    } else if (isNet && potential_v !== null && /^ip\s*=/.test(line)) {
      const height_a = readNumber(line.slice(line.indexOf("=") + 1), commaIsMark);
      if (height_a !== null) peaks.push({ channel, potential_v, height_a });
      potential_v = null;
    }
  }
  return peaks;
}
