/** BioLogic EC-Lab text exports (`.mpt`, at times `.txt`). */

import { clockWarnings, startedAt } from "./clock.ts";
import { type CycleRun, cycleRuns, tooManyScans, withoutLeftOvers } from "./cycles.ts";
import { decodeHead } from "./decode.ts";
import { type EclabColumn, type EclabColumns, eclabColumns } from "./eclab-columns.ts";
import { type EclabFile, isColumnLine, openEclabFile } from "./eclab-file.ts";
import { readTable, type TableForm } from "./numeric-table.ts";
import { failure } from "./parse-failure.ts";
import type { InstrumentFormat, ParseFailure, ParseOutcome, Scan, Technique } from "./scan.ts";
import { inBaseUnit } from "./si-unit.ts";
import { sweepShape } from "./sweep-shape.ts";
import { emptyTable, noRows, rowWarnings, type TablePlace, wholeRows } from "./table-report.ts";
import { isAnalysed, TECHNIQUE_NAMES, techniqueOf } from "./technique-words.ts";
import { LINE_END } from "./text-line.ts";

const NAME = "eclab-text";
const SNIFF_BYTES = 1024;

/**
 * The format of EC-Lab. Each cycle of a CV is a scan. An export of chosen columns has no header and names no
 * technique: the shape of the sweep tells it, and a warning says so. Nothing in the content proves its end.
 */
export const eclabText: InstrumentFormat = {
  name: NAME,
  title: "BioLogic EC-Lab text",
  sniff,
  isComplete: null,
  parse,
};

function sniff(bytes: Uint8Array): boolean {
  const [first = ""] = decodeHead(bytes, SNIFF_BYTES).split(LINE_END, 1);
  return /^(?:EC|BT)-Lab ASCII FILE/i.test(first) || (first.includes("\t") && isColumnLine(first));
}

function parse(bytes: Uint8Array): ParseOutcome {
  const file = openEclabFile(bytes);
  if (!file.ok) return file;
  const technique = statedTechnique(file);
  const isRead = technique === null || isAnalysed(technique);
  const scans = isRead ? readCurves(file, technique) : nameOnly(file, technique);
  return "ok" in scans ? scans : { ok: true, format: NAME, encoding: file.encoding, scans };
}

/** In words in the header, or by columns that only one kind of technique has; null where nothing tells. */
function statedTechnique(file: EclabFile): Technique | null {
  if (file.techniqueName !== null) return techniqueOf(file.techniqueName);
  if (file.columnNames.includes("freq/Hz")) return "eis";
  return file.columnNames.some((name) => name.startsWith("I delta/")) ? "swv" : null;
}

function nameOnly(file: EclabFile, technique: Technique): Scan[] | ParseFailure {
  const rest = file.bytes.subarray(file.tableStart);
  if (!rest.some((byte) => byte >= 0x30 && byte <= 0x39)) return emptyTable("column names", file.columnLine);
  const warnings = clockWarnings(file.clock);
  return [{ ...describe(file, technique), potentials_v: new Float64Array(0), electrodes: [], warnings }];
}

function readCurves(file: EclabFile, stated: Technique | null): Scan[] | ParseFailure {
  const columns = eclabColumns(file.columnNames, stated ?? "cv", file.columnLine);
  if ("ok" in columns) return columns;
  const splits = columns.cycle !== null && (stated ?? "cv") === "cv" ? [columns.cycle] : [];
  const parts = [columns.x, columns.current, columns.forward, columns.reverse];
  const wanted = [...parts.flatMap((part) => (part === null ? [] : [part.column])), ...splits];
  const form: TableForm = { delimiter: "\t", width: file.columnNames.length, wanted };
  const table = readTable(file.bytes, file.tableStart, form);
  const kept = wholeRows(file.bytes, table, form);
  const place: TablePlace = { names: file.columnNames, firstLine: file.columnLine + 1 };
  if (kept <= 0) return noRows(table, place, file.columnNames.join(", "));
  const values = (column: number) => table.columns[wanted.indexOf(column)]!.subarray(0, kept);
  const technique = stated ?? impliedTechnique(values(columns.x.column), splits.length > 0);
  const runs = splits.length > 0 ? cycleRuns(values(splits[0]!)) : [{ cycle: 0, from: 0, to: kept }];
  if (runs === null) return failure("unsupported_format", tooManyScans("cycles"), place.firstLine);
  const { kept: cycles, warnings } = withoutLeftOvers(runs, ({ from, to }) => to - from);
  const all = [
    ...clockWarnings(file.clock),
    ...impliedWarning(stated, technique),
    ...rowWarnings(table, place, kept),
  ];
  return cycles.map((run, index) => ({
    ...describe(file, technique),
    ...(splits.length > 0 && { cycle: run.cycle }),
    ...curve(columns, values, run, technique === "ca"),
    warnings: index === 0 ? [...all, ...warnings] : [],
  }));
}

function curve(
  columns: EclabColumns,
  values: (column: number) => Float64Array,
  { from, to }: CycleRun,
  isDecay: boolean,
) {
  const part = ({ column, divisor }: EclabColumn) => inBaseUnit(values(column).slice(from, to), divisor);
  const { forward, reverse } = columns;
  const halves =
    forward !== null && reverse !== null ? { forward_a: part(forward), reverse_a: part(reverse) } : {};
  const xs = part(columns.x);
  return {
    ...(isDecay ? { potentials_v: new Float64Array(0), times_s: xs } : { potentials_v: xs }),
    electrodes: [{ electrode: 1, currents_a: part(columns.current), ...halves }],
  };
}

function impliedTechnique(potentials_v: Float64Array, hasCycles: boolean): Technique {
  return hasCycles || sweepShape(potentials_v) === "turns" ? "cv" : "lsv";
}

function impliedWarning(stated: Technique | null, found: Technique): string[] {
  if (stated !== null) return [];
  return [`The file does not name its technique; it was taken as ${TECHNIQUE_NAMES[found]} by its sweep.`];
}

function describe(
  file: EclabFile,
  technique: Technique,
): Omit<Scan, "potentials_v" | "electrodes" | "warnings"> {
  const { instrument, scanRateVPerS } = file;
  return {
    technique,
    technique_name: file.techniqueName ?? TECHNIQUE_NAMES[technique],
    ...(scanRateVPerS !== undefined && { scan_rate_v_s: scanRateVPerS }),
    ...startedAt(file.clock),
    ...(instrument !== undefined && { instrument }),
  };
}
