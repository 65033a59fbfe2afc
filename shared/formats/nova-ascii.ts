/** Metrohm Autolab NOVA ASCII exports: one line of column names, then rows. */

import { type CycleRun, cycleRuns, tooManyScans, withoutLeftOvers } from "./cycles.ts";
import { decodeHead, decodeText, decodeToBytes } from "./decode.ts";
import { isNovaHeader, type NovaColumns, parseNovaColumns } from "./nova-columns.ts";
import { type NumericTable, readTable, type TableForm } from "./numeric-table.ts";
import { emptyFile, failure, unfinished } from "./parse-failure.ts";
import type { InstrumentFormat, ParseFailure, ParseOutcome, Scan, Technique } from "./scan.ts";
import { sweepShape } from "./sweep-shape.ts";
import { emptyTable, noRows, rowWarnings, type TablePlace, wholeRows } from "./table-report.ts";
import { isAnalysed, TECHNIQUE_NAMES } from "./technique-words.ts";
import { HEADER_BYTES, LINE_END, lineEnd, nextLine } from "./text-line.ts";

const NAME = "nova-ascii";
const SNIFF_BYTES = 1024;

/**
 * The format of NOVA. It names neither technique nor parameters: a difference current is SWV (or DPV, where a base
 * potential stands beside it), `Scan` or a potential that turns is CV. Each `Scan` is a scan. Nothing in the
 * content proves its end.
 */
export const novaAscii: InstrumentFormat = {
  name: NAME,
  title: "Metrohm NOVA ASCII",
  sniff: (bytes) => isNovaHeader(decodeHead(bytes, SNIFF_BYTES).split(LINE_END, 1)[0] ?? ""),
  isComplete: () => false,
  parse,
};

/** A table before it is known what was measured. */
interface Reading {
  readonly columns: NovaColumns;
  readonly table: NumericTable;
  readonly kept: number;
  readonly wanted: readonly number[];
}

function parse(bytes: Uint8Array): ParseOutcome {
  const decoded = decodeToBytes(bytes);
  if (!decoded.ok) return decoded;
  const end = lineEnd(decoded.bytes.subarray(0, HEADER_BYTES), 0);
  const head = decodeText(decoded.bytes.subarray(0, end));
  if (!head.ok) return head;
  if (head.text.trim() === "") return emptyFile();
  if (end >= Math.min(decoded.bytes.length, HEADER_BYTES))
    return unfinished("The line of column names has no end", 1);
  const scans = readScans(decoded.bytes, head.text, nextLine(decoded.bytes, end));
  return "ok" in scans ? scans : { ok: true, format: NAME, encoding: decoded.wide ?? head.encoding, scans };
}

function readScans(bytes: Uint8Array, header: string, start: number): Scan[] | ParseFailure {
  const columns = parseNovaColumns(header);
  if (columns === null)
    return failure("unsupported_format", "The first line names more columns than a table has.", 1);
  if (!bytes.subarray(start).some((byte) => byte >= 0x30 && byte <= 0x39)) return emptyTable(header, 1);
  if (columns.kind === "impedance") return nameOnly("eis");
  if (columns.electrodes.length === 0) return missing(columns, "WE(1).Current (A)");
  if (columns.potential < 0) {
    const isHeld =
      columns.kind === "sweep" && columns.cycle < 0 && columns.names.some((name) => /Time/.test(name));
    return isHeld ? nameOnly("ca") : missing(columns, "Potential applied (V) or WE(1).Potential (V)");
  }
  const parts = columns.electrodes.flatMap(({ current, forward, reverse }) => [current, forward, reverse]);
  const wanted = [columns.potential, ...parts.filter((part) => part !== undefined)];
  if (columns.cycle >= 0) wanted.push(columns.cycle);
  const form: TableForm = { delimiter: columns.delimiter, width: columns.names.length, wanted };
  const table = readTable(bytes, start, form);
  const kept = wholeRows(bytes, table, form);
  if (kept <= 0) return noRows(table, { names: columns.names, firstLine: 2 }, header);
  return scansOf({ columns, table, kept, wanted });
}

function scansOf(reading: Reading): Scan[] | ParseFailure {
  const { columns, table, kept } = reading;
  const place: TablePlace = { names: columns.names, firstLine: 2 };
  const potentials_v = valuesOf(reading, columns.potential);
  const { technique, warning } = impliedTechnique(columns, potentials_v);
  if (!isAnalysed(technique)) return nameOnly(technique);
  const splits = technique === "cv" && columns.cycle >= 0;
  const runs = splits ? cycleRuns(valuesOf(reading, columns.cycle)) : [{ cycle: 0, from: 0, to: kept }];
  if (runs === null) return failure("unsupported_format", tooManyScans("cycles"), 2);
  const { kept: cycles, warnings } = withoutLeftOvers(runs, ({ from, to }) => to - from);
  const all = [...(warning === null ? [] : [warning]), ...rowWarnings(table, place, kept), ...warnings];
  return cycles.map((run, index) => ({
    technique,
    technique_name: TECHNIQUE_NAMES[technique],
    ...(splits && { cycle: run.cycle }),
    ...curves(reading, run),
    warnings: index === 0 ? all : [],
  }));
}

function curves(reading: Reading, { from, to }: CycleRun): Pick<Scan, "potentials_v" | "electrodes"> {
  const part = (column: number) => valuesOf(reading, column).slice(from, to);
  return {
    potentials_v: part(reading.columns.potential),
    electrodes: reading.columns.electrodes.map(({ electrode, current, forward, reverse }) => ({
      electrode,
      currents_a: part(current),
      ...(forward !== undefined && { forward_a: part(forward) }),
      ...(reverse !== undefined && { reverse_a: part(reverse) }),
    })),
  };
}

function valuesOf({ table, wanted, kept }: Reading, column: number): Float64Array {
  return table.columns[wanted.indexOf(column)]!.subarray(0, kept);
}

/** What the columns and the sweep say, with a warning where that is less than certain. */
function impliedTechnique(
  columns: NovaColumns,
  potentials_v: Float64Array,
): { technique: Technique; warning: string | null } {
  const taken = (technique: Technique, why: string) => ({
    technique,
    warning: `The file does not name its technique; it was taken as ${TECHNIQUE_NAMES[technique]} by ${why}.`,
  });
  if (columns.kind === "base") return taken("dpv", "its base potential and difference current");
  if (columns.kind === "pulse") return taken("swv", "its difference current");
  if (columns.cycle >= 0) return { technique: "cv", warning: null };
  switch (sweepShape(potentials_v)) {
    case "turns":
      return taken("cv", "its potential, which turns");
    case "one-way":
      return taken("lsv", "its potential, which runs one way");
    case "still":
      return taken("ca", "its potential, which is held");
  }
}

function nameOnly(technique: Technique): Scan[] {
  const technique_name = TECHNIQUE_NAMES[technique];
  return [{ technique, technique_name, potentials_v: new Float64Array(0), electrodes: [], warnings: [] }];
}

function missing(columns: NovaColumns, wanted: string): ParseFailure {
  const message = `The table has no column ${wanted}. It has: ${columns.names.slice(0, 24).join(", ")}.`;
  return failure("missing_column", message, 1);
}
