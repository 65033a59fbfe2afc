/** Gamry Framework data files (`.DTA`, "EXPLAIN" text). */

import { clockWarnings, readDateTime, startedAt } from "./clock.ts";
import { cycleRuns, MOST_SCANS, tooManyScans, withoutLeftOvers } from "./cycles.ts";
import { decodeHead } from "./decode.ts";
import { type GamryColumns, gamryColumns } from "./gamry-columns.ts";
import { type GamryFile, type GamryTable, headerNumber, MOST_TABLES, openGamryFile } from "./gamry-file.ts";
import { positive } from "./header-number.ts";
import { readTable, type TableForm } from "./numeric-table.ts";
import { failure } from "./parse-failure.ts";
import type {
  ElectrodeCurrents,
  InstrumentFormat,
  ParseFailure,
  ParseOutcome,
  Scan,
  Technique,
} from "./scan.ts";
import { inBaseUnit } from "./si-unit.ts";
import { emptyTable, noRows, rowWarnings, wholeRows } from "./table-report.ts";
import { isAnalysed, TECHNIQUE_NAMES } from "./technique-words.ts";

const NAME = "gamry-dta";
const SNIFF_BYTES = 64;
/** `OCVCURVE`, the open circuit before the experiment, is none of them. */
const DATA_LABEL = /^CURVE ?(\d{0,6})$/i;
const MV_PER_V = 1000;

const TAGS: readonly (readonly [RegExp, Technique])[] = [
  [/^SQUARE_?WAVE$/i, "swv"],
  [/^DIFF\w*_?PULSE$|^DPV$/i, "dpv"],
  [/^CV$/i, "cv"],
  [/^LSV$/i, "lsv"],
  [/^CHRONOA$/i, "ca"],
  [/EIS/i, "eis"],
];

/**
 * The format of Gamry Framework. A CV has one table for each cycle: each is a scan. Complete when the only data
 * table has the rows that it announces, or when the experiment was aborted; a CV announces no number of tables that
 * could prove its end.
 */
export const gamryDta: InstrumentFormat = {
  name: NAME,
  title: "Gamry DTA",
  sniff: (bytes) => /^EXPLAIN\s*(?:[\r\n]|$)/.test(decodeHead(bytes, SNIFF_BYTES)),
  isComplete,
  parse,
};

function isComplete(bytes: Uint8Array): boolean {
  const file = openGamryFile(bytes);
  if (!file.ok) return false;
  if (file.aborted) return true;
  const [only, ...others] = dataTables(file);
  if (only?.announcedRows == null || others.length > 0 || techniqueOf(file) === "cv") return false;
  return only.finishedRows >= only.announcedRows;
}

function parse(bytes: Uint8Array): ParseOutcome {
  const file = openGamryFile(bytes);
  if (!file.ok) return file;
  const technique = techniqueOf(file);
  const scans = isAnalysed(technique) ? readCurves(file) : nameOnly(file);
  if ("ok" in scans) return scans;
  const clock = readDateTime(file.header.get("DATE") ?? "", file.header.get("TIME") ?? "");
  const [first, ...others] = scans.map((scan) => ({ ...scan, ...startedAt(clock) }));
  const all = first ? [{ ...first, warnings: [...clockWarnings(clock), ...first.warnings] }, ...others] : [];
  return { ok: true, format: NAME, encoding: file.encoding, scans: all };
}

function dataTables(file: GamryFile): GamryTable[] {
  return file.tables.filter(({ label }) => DATA_LABEL.test(label));
}

function techniqueOf(file: GamryFile): Technique {
  const tag = file.header.get("TAG") ?? "";
  return TAGS.find(([pattern]) => pattern.test(tag))?.[1] ?? "other";
}

function nameOnly(file: GamryFile): Scan[] | ParseFailure {
  const tables = file.tables.filter(({ label }) => !/^OCV/i.test(label));
  if (!tables.some(({ finishedRows }) => finishedRows > 0)) return noDataRows(file);
  return [{ ...describe(file), potentials_v: new Float64Array(0), electrodes: [], warnings: [] }];
}

interface Cycle {
  readonly number: number | null;
  /** V; of chronoamperometry s. */
  readonly xs: Float64Array;
  readonly electrode: ElectrodeCurrents;
  readonly warnings: readonly string[];
}

function readCurves(file: GamryFile): Scan[] | ParseFailure {
  const tables = dataTables(file).filter(({ start, end }) => end > start);
  if (tables.length === 0) return noDataRows(file);
  if (file.tables.length > MOST_TABLES) return failure("unsupported_format", tooManyScans("tables"));
  const cycles: Cycle[] = [];
  let firstFailure: ParseFailure | null = null;
  for (const table of tables) {
    const found = readCycles(file, table);
    if (!("ok" in found)) cycles.push(...found);
    // A next table may have just begun; a wrong column is wrong in all of them.
    else if (found.code !== "incomplete_file") return found;
    else firstFailure ??= found;
    if (cycles.length > MOST_SCANS) return failure("unsupported_format", tooManyScans("cycles"));
  }
  if (cycles.length === 0) return firstFailure ?? noDataRows(file);
  const isDecay = techniqueOf(file) === "ca";
  const { kept, warnings } = withoutLeftOvers(cycles, ({ xs }) => xs.length);
  return kept.map((cycle, index) => ({
    ...describe(file),
    ...(cycle.number !== null && { cycle: cycle.number }),
    ...(isDecay ? { potentials_v: new Float64Array(0), times_s: cycle.xs } : { potentials_v: cycle.xs }),
    electrodes: [cycle.electrode],
    warnings: index === 0 ? [...cycle.warnings, ...warnings] : cycle.warnings,
  }));
}

/** The cycles of one table: one, numbered by its label, or those that a `Cycle` column tells apart. */
function readCycles(file: GamryFile, table: GamryTable): Cycle[] | ParseFailure {
  const technique = techniqueOf(file);
  const columns = gamryColumns(table, technique);
  if ("ok" in columns) return columns;
  const label = DATA_LABEL.exec(table.label)?.[1] ?? "";
  const marks = technique === "cv" && label === "" && columns.cycle >= 0 ? [columns.cycle] : [];
  const { x, current, halves } = columns;
  const wanted = [x, current, ...halves, ...marks];
  const form: TableForm = { delimiter: "\t", width: table.names.length, wanted };
  const bytes = file.bytes.subarray(table.start, table.end);
  const numbers = readTable(bytes, 0, form);
  const kept = wholeRows(bytes, numbers, form);
  const place = { names: table.names, firstLine: table.namesLine + 2 };
  if (kept <= 0) return noRows(numbers, place, table.label);
  const warnings = rowWarnings(numbers, place, kept);
  const values = numbers.columns.map((column) => column.subarray(0, kept));
  const last = values.at(-1)!;
  const runs = marks.length > 0 ? cycleRuns(last) : [{ cycle: Number(label), from: 0, to: kept }];
  if (runs === null) return failure("unsupported_format", tooManyScans("cycles"), place.firstLine);
  return runs.map(({ cycle, from, to }, index) => ({
    number: technique === "cv" && (label !== "" || marks.length > 0) ? cycle : null,
    ...curve(columns, values, from, to),
    warnings: index === 0 ? warnings : [],
  }));
}

function curve(columns: GamryColumns, values: readonly Float64Array[], from: number, to: number) {
  const part = (index: number, divisor: number) => inBaseUnit(values[index]!.slice(from, to), divisor);
  const { xDivisor, currentDivisor, halves } = columns;
  return {
    xs: part(0, xDivisor),
    electrode: {
      electrode: 1,
      currents_a: part(1, currentDivisor),
      ...(halves.length === 2 && {
        forward_a: part(2, currentDivisor),
        reverse_a: part(3, currentDivisor),
      }),
    },
  };
}

function describe(file: GamryFile): Omit<Scan, "potentials_v" | "electrodes" | "warnings"> {
  const technique = techniqueOf(file);
  const instrument = file.header.get("PSTAT") || undefined;
  const inVolts = (name: string) => positive((headerNumber(file, name) ?? 0) / MV_PER_V);
  const frequency_hz = positive(headerNumber(file, "FREQUENCY"));
  const amplitude_v = inVolts("PULSESIZE");
  const step_v = inVolts("STEPSIZE");
  const scan_rate_v_s = inVolts("SCANRATE");
  return {
    technique,
    technique_name:
      technique === "other" ? file.header.get("TAG") || TECHNIQUE_NAMES.other : TECHNIQUE_NAMES[technique],
    ...(frequency_hz !== undefined && { frequency_hz }),
    ...(amplitude_v !== undefined && { amplitude_v }),
    ...(step_v !== undefined && { step_v }),
    ...(scan_rate_v_s !== undefined && { scan_rate_v_s }),
    ...(instrument !== undefined && { instrument }),
  };
}

function noDataRows(file: GamryFile): ParseFailure {
  const table = dataTables(file)[0] ?? file.tables[0];
  return emptyTable(table?.label ?? "EXPLAIN", table ? table.namesLine - 1 : 1);
}
