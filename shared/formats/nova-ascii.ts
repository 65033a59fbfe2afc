/** Metrohm Autolab NOVA ASCII exports: one line of column names, then rows. */

import { type CycleRun, cycleRuns, tooManyScans, withoutLeftOvers } from "./cycles.ts";
import { decodeHead, decodeText, decodeToBytes } from "./decode.ts";
import { isNovaHeader, type NovaColumns, parseNovaColumns } from "./nova-columns.ts";
import { type NumericTable, readTable, type TableForm } from "./numeric-table.ts";
import { emptyFile, failure, unfinished } from "./parse-failure.ts";
import type { InstrumentFormat, ParseFailure, ParseOutcome, Scan, Technique } from "./scan.ts";
import { sweepShape } from "./sweep-shape.ts";
import { emptyTable, noRows, rowWarnings, type TablePlace, wholeRows } from "./table-report.ts";
import { TECHNIQUE_NAMES } from "./technique-words.ts";
import { HEADER_BYTES, LINE_END, lineEnd, nextLine } from "./text-line.ts";

const NAME = "nova-ascii";
const SNIFF_BYTES = 1024;

/**
 * The format of NOVA. It names neither technique nor parameters: a difference current is SWV (or DPV, where a base
 * potential stands beside it), `Scan` or a potential that turns is CV, one that is held or not there a decay. Each
 * `Scan` is a scan. Nothing in the content proves its end.
 */
export const novaAscii: InstrumentFormat = {
  name: NAME,
  title: "Metrohm NOVA ASCII",
  sniff: (bytes) => isNovaHeader(decodeHead(bytes, SNIFF_BYTES).split(LINE_END, 1)[0] ?? ""),
  isComplete: null,
  parse,
};

/** A table before it is known what was measured. */
interface Reading {
  readonly columns: NovaColumns;
  /** Column of the potential; of a decay of the time. */
  readonly x: number;
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
  const isHeld = columns.potential < 0 && columns.kind === "sweep" && columns.cycle < 0 && columns.time >= 0;
  if (isHeld) return decayOf({ columns, bytes, start, header });
  if (columns.potential < 0) return missing(columns, "Potential applied (V) or WE(1).Potential (V)");
  const reading = readColumns({ columns, bytes, start, header }, columns.potential);
  if ("ok" in reading) return reading;
  const { technique, warning } = impliedTechnique(columns, valuesOf(reading, columns.potential));
  if (technique === "ca") return decayOf({ columns, bytes, start, header });
  return scansOf(reading, technique, warning);
}

interface Rows {
  readonly columns: NovaColumns;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly header: string;
}

function readColumns({ columns, bytes, start, header }: Rows, x: number): Reading | ParseFailure {
  const parts = columns.electrodes.flatMap(({ current, forward, reverse }) => [current, forward, reverse]);
  const wanted = [x, ...parts.filter((part) => part !== undefined)];
  if (columns.cycle >= 0) wanted.push(columns.cycle);
  const form: TableForm = { delimiter: columns.delimiter, width: columns.names.length, wanted };
  const table = readTable(bytes, start, form);
  const kept = wholeRows(bytes, table, form);
  if (kept <= 0) return noRows(table, { names: columns.names, firstLine: 2 }, header);
  return { columns, x, table, kept, wanted };
}

/** Current against time; without times only its name is known. */
function decayOf(rows: Rows): Scan[] | ParseFailure {
  if (rows.columns.time < 0) return nameOnly("ca");
  const reading = readColumns(rows, rows.columns.time);
  return "ok" in reading ? reading : scansOf(reading, "ca", null);
}

function scansOf(reading: Reading, technique: Technique, warning: string | null): Scan[] | ParseFailure {
  const { columns, table, kept } = reading;
  const place: TablePlace = { names: columns.names, firstLine: 2 };
  const splits = technique === "cv" && columns.cycle >= 0;
  const runs = splits ? cycleRuns(valuesOf(reading, columns.cycle)) : [{ cycle: 0, from: 0, to: kept }];
  if (runs === null) return failure("unsupported_format", tooManyScans("cycles"), 2);
  const { kept: cycles, warnings } = withoutLeftOvers(runs, ({ from, to }) => to - from);
  const all = [...(warning === null ? [] : [warning]), ...rowWarnings(table, place, kept), ...warnings];
  return cycles.map((run, index) => ({
    technique,
    technique_name: TECHNIQUE_NAMES[technique],
    ...(splits && { cycle: run.cycle }),
    ...curves(reading, run, technique === "ca"),
    warnings: index === 0 ? all : [],
  }));
}

function curves(
  reading: Reading,
  { from, to }: CycleRun,
  isDecay: boolean,
): Pick<Scan, "potentials_v" | "times_s" | "electrodes"> {
  const part = (column: number) => valuesOf(reading, column).slice(from, to);
  const xs = part(reading.x);
  return {
    ...(isDecay ? { potentials_v: new Float64Array(0), times_s: xs } : { potentials_v: xs }),
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
