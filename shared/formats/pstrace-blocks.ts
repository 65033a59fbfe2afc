/** The lines above each table of a PSTrace export: titles, dates, units. */

import { decodeText } from "./decode.ts";
import type { Delimiter } from "./numeric-table.ts";
import { unitDivisor } from "./si-unit.ts";
import { HEADER_BYTES, lineEnd, nextLine } from "./text-line.ts";

/** What stands above one table of curves. */
export interface CurvesHead {
  readonly kind: "curves";
  readonly delimiter: Delimiter;
  /** Of curve k, as far as the file names it; the first one's else. */
  readonly titles: readonly string[];
  readonly dates: readonly string[];
  readonly xUnits: readonly string[];
  readonly yUnits: readonly string[];
  /** Line of the units, counted from 1. */
  readonly unitLine: number;
  /** Where the rows start. */
  readonly start: number;
}

/** A table of impedances, which has columns of another kind. */
export interface ImpedanceHead {
  readonly kind: "impedance";
  readonly title: string;
  readonly unitLine: number;
  readonly start: number;
}

/** No table follows. */
export interface NoHead {
  readonly kind: "none";
  readonly lastLine: number;
}

const DATE_LINE = /^"?(?:Date and time|File date)\b/i;
const DATE_CELL = "Date and time measurement:";
const UNIT = /^(?:[fpnmkM]|u|µ|μ|Âµ)?(?:V|A|s|C|Hz|Ω|Ohm|W)$|^(?:min|h|°C|K)$/;
/** Titles are shown to people; a longer one is no title. */
const LONGEST_TITLE = 120;
/** Words above a table; notes may run on, but not to this. */
const MOST_HEADER_LINES = 2_000;

/** Whether a line holds the names of units only, two or more: `V,µA,V,µA`. */
export function unitsOf(line: string): { delimiter: Delimiter; units: string[] } | null {
  const delimiter = ([";", "\t", ","] as const).find((mark) => line.includes(mark));
  if (delimiter === undefined) return null;
  const units = line.split(delimiter).map((cell) => cell.replaceAll(/["\uFEFF]/g, "").trim());
  while (units.at(-1) === "") units.pop();
  return units.length >= 2 && units.every((unit) => UNIT.test(unit)) ? { delimiter, units } : null;
}

/** Reads lines from `start`, which is line `line` of the file, up to and with the one that names units. */
export function nextHead(
  bytes: Uint8Array,
  start: number,
  line: number,
): CurvesHead | ImpedanceHead | NoHead {
  const above: string[] = [];
  let at = start;
  let number = line;
  for (let words = 0; at < bytes.length && words < MOST_HEADER_LINES; number++) {
    const end = lineEnd(bytes, at);
    if (end === bytes.length) break;
    const next = nextLine(bytes, end);
    if (isWords(bytes, at, end)) {
      words++;
      const decoded = decodeText(bytes.subarray(at, Math.min(end, at + HEADER_BYTES)));
      const text = decoded.ok ? decoded.text : "";
      if (/^"?freq(?:uency)?\b.*Hz/i.test(text.slice(0, 40))) {
        return { kind: "impedance", title: titleLine(above), unitLine: number, start: next };
      }
      const found = unitsOf(text);
      if (found !== null) return curvesHead(above, found, number, next);
      if (text.trim() !== "") above.push(text);
    }
    at = next;
  }
  return { kind: "none", lastLine: number };
}

function curvesHead(
  above: readonly string[],
  { delimiter, units }: { delimiter: Delimiter; units: readonly string[] },
  unitLine: number,
  start: number,
): CurvesHead {
  const cells = (text: string) => text.split(delimiter).map((cell) => cell.replaceAll('"', "").trim());
  const titles = cells(titleLine(above));
  const dates = cells(above.findLast((text) => text.includes(DATE_CELL)) ?? "");
  const curves = Array.from({ length: units.length >> 1 }, (_, index) => 2 * index);
  return {
    kind: "curves",
    delimiter,
    titles: curves.map((column) => (titles[column] || titles[0] || "").slice(0, LONGEST_TITLE)),
    dates: curves.map((column) => (dates[column + 1] || dates[1] || "").slice(0, LONGEST_TITLE)),
    xUnits: curves.map((column) => units[column] ?? ""),
    yUnits: curves.map((column) => units[column + 1] ?? ""),
    unitLine,
    start,
  };
}

/** The titles stand last, but for a line of dates. */
function titleLine(above: readonly string[]): string {
  const last = above.findLast((text) => !DATE_LINE.test(text)) ?? "";
  return /^"?(?:Notes|Measurement):/i.test(last) ? "" : last;
}

/** Rows of a table that was passed over begin with a digit; those are not even decoded. */
function isWords(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]!;
  const isNumeric = (first >= 0x30 && first <= 0x39) || first === 0x2d || first === 0x2b || first === 0x2e;
  return end > start && !isNumeric;
}

/** Whether x is a potential (or a time, where `base` is s) and y a current; what they are divided by to be in those units and A. */
export function curveDivisors(
  xUnit: string,
  yUnit: string,
  base: "V" | "s",
): { x: number; y: number } | null {
  const [x, y] = [unitDivisor(xUnit, base), unitDivisor(yUnit, "A")];
  return x === null || y === null ? null : { x, y };
}
