/** CSV exports of PalmSens PSTrace: curves side by side, below their titles and units. */

import { type ClockReading, clockWarnings, readClockText, startedAt } from "./clock.ts";
import { type CurvePairs, type PairsForm, readCurvePairs } from "./curve-pairs.ts";
import { MOST_SCANS, tooManyScans } from "./cycles.ts";
import { decodeHead, decodeText, decodeToBytes } from "./decode.ts";
import { NumberScanner } from "./number-scanner.ts";
import type { NumericTable } from "./numeric-table.ts";
import { type PalmSensCurve, readLabels, scansOfCurves, techniqueOfTitle } from "./palmsens-curves.ts";
import { emptyFile, failure, unfinished } from "./parse-failure.ts";
import { type CurvesHead, curveDivisors, nextHead, unitsOf } from "./pstrace-blocks.ts";
import type { InstrumentFormat, ParseFailure, ParseOutcome, Scan } from "./scan.ts";
import { inBaseUnit } from "./si-unit.ts";
import { emptyTable, noRows, rowWarnings } from "./table-report.ts";
import { isAnalysed, TECHNIQUE_NAMES } from "./technique-words.ts";
import { HEADER_BYTES, LINE_END } from "./text-line.ts";

const NAME = "pstrace-csv";
/** The second line stands behind the titles of all curves. */
const SNIFF_BYTES = 16_384;
/** Tables below each other; most exports have one. */
const MOST_BLOCKS = 1_000;

/**
 * The format of PSTrace. The technique is in the title above a curve; the name of the file and its notes are free
 * text and often wrong. Parameters are not in the file. Nothing in the content proves its end.
 */
export const pstraceCsv: InstrumentFormat = {
  name: NAME,
  title: "PalmSens PSTrace CSV",
  sniff,
  isComplete: null,
  parse,
};

function sniff(bytes: Uint8Array): boolean {
  const [first = "", second = ""] = decodeHead(bytes, SNIFF_BYTES).split(LINE_END, 2);
  if (/^"?(?:Date and time|File date):/i.test(first)) return true;
  return /[A-Za-z]/.test(first) && unitsOf(second) !== null;
}

function parse(bytes: Uint8Array): ParseOutcome {
  const decoded = decodeToBytes(bytes);
  if (!decoded.ok) return decoded;
  const head = decodeText(decoded.bytes.subarray(0, HEADER_BYTES));
  if (!head.ok) return head;
  if (head.text.trim() === "") return emptyFile();
  const scans = readBlocks(decoded.bytes);
  const encoding = decoded.wide ?? head.encoding;
  return "ok" in scans ? scans : { ok: true, format: NAME, encoding, scans };
}

/** Most exports have one table; measurements of another kind follow below it. */
function readBlocks(bytes: Uint8Array): Scan[] | ParseFailure {
  // One copy for all tables where a line end has to be added, not one for each.
  const padded = new NumberScanner(bytes).bytes;
  const scans: Scan[] = [];
  let firstFailure: ParseFailure | null = null;
  let [at, line, blocks] = [0, 1, 0];
  for (let head = nextHead(bytes, at, line); head.kind !== "none"; head = nextHead(bytes, at, line)) {
    if (head.kind === "impedance") {
      scans.push(nameOnly({ technique: "eis", technique_name: TECHNIQUE_NAMES.eis }, { kind: "none" }));
      [at, line] = [head.start, head.unitLine + 1];
    } else {
      if (head.titles.length > MOST_SCANS) return failure("unsupported_format", tooManyScans("curves"));
      const pairs = readCurvePairs(padded, head.start, formOf(head), bytes.length);
      const found = scansOf(head, pairs);
      if ("ok" in found) firstFailure ??= found;
      else scans.push(...found);
      [at, line] = [pairs.end, head.unitLine + 1 + pairs.lines];
    }
    if (++blocks > MOST_BLOCKS || scans.length > MOST_SCANS) {
      return failure("unsupported_format", tooManyScans("curves"));
    }
  }
  if (scans.length > 0) return scans;
  return firstFailure ?? unfinished("No line of units (such as V,µA) with a table below it is in the file");
}

function formOf(head: CurvesHead): PairsForm {
  return { delimiter: head.delimiter, curves: head.titles.length };
}

function scansOf(head: CurvesHead, pairs: CurvePairs): Scan[] | ParseFailure {
  const names = head.titles.flatMap((_, index) => [head.xUnits[index]!, head.yUnits[index]!]);
  const place = { names, firstLine: head.unitLine + 1 };
  const rows = pairs.curves.reduce((most, { x }) => Math.max(most, x.length), 0);
  const none = { columns: [], lastRowOpen: false, missingRows: 0, firstMissing: null };
  const table: NumericTable = { ...pairs, ...none, rows };
  if (rows === 0) return noRows(table, place, names.join(","));
  const { curves, others, passedOver } = sortCurves(head, pairs);
  const [first, ...rest] = [...scansOfCurves(curves), ...others];
  if (first === undefined) return noVoltammogram(passedOver, head);
  const warnings = [...first.warnings, ...rowWarnings(table, place, rows), ...passedOverWarning(passedOver)];
  return [{ ...first, warnings }, ...rest];
}

/** What is read, what is only named, and what is no curve of ours (a charge). */
function sortCurves(head: CurvesHead, pairs: CurvePairs) {
  const curves: PalmSensCurve[] = [];
  const others = new Map<string, Scan>();
  const passedOver: string[] = [];
  for (const [index, { x, y }] of pairs.curves.entries()) {
    const [title, xUnit, yUnit] = [head.titles[index]!, head.xUnits[index]!, head.yUnits[index]!];
    const { technique, technique_name } = techniqueOfTitle(title);
    const measurement = head.dates[index]!;
    const clock = readClockText(measurement);
    const about = { technique, technique_name, ...startedAt(clock) };
    const divisors = curveDivisors(xUnit, yUnit, technique === "ca" ? "s" : "V");
    if (!isAnalysed(technique)) others.set(`${technique_name} ${measurement}`, nameOnly(about, clock));
    else if (divisors === null) passedOver.push(`"${title}" (${xUnit}, ${yUnit})`);
    else if (x.length > 0) {
      curves.push({
        title,
        measurement,
        about,
        ...readLabels(title),
        xs: inBaseUnit(x, divisors.x),
        currents_a: inBaseUnit(y, divisors.y),
        warnings: curves.length === 0 ? clockWarnings(clock) : [],
      });
    }
  }
  return { curves, others: others.values(), passedOver };
}

function passedOverWarning(titles: readonly string[]): string[] {
  if (titles.length === 0) return [];
  return [
    `Curves that are not current against potential (of chronoamperometry: time) were not read: ${titles.slice(0, 8).join(", ")}.`,
  ];
}

function noVoltammogram(titles: readonly string[], head: CurvesHead): ParseFailure {
  if (titles.length === 0) return emptyTable(head.titles[0] ?? "", head.unitLine);
  const message = `No curve of current (A) against potential (V), or of chronoamperometry against time (s), is in the file. It has: ${titles.slice(0, 8).join(", ")}.`;
  return failure("missing_column", message, head.unitLine);
}

function nameOnly(about: PalmSensCurve["about"], clock: ClockReading): Scan {
  return { ...about, potentials_v: new Float64Array(0), electrodes: [], warnings: clockWarnings(clock) };
}
