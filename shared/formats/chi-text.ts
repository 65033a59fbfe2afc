/** CH Instruments text files, as `.txt` or `.csv`, in all the forms that their software and spreadsheets write. */

import { type ChiColumns, delimiterOf, parseChiColumns } from "./chi-columns.ts";
import { type ChiFile, openChiFile } from "./chi-file.ts";
import { type ChiHeader, readClock } from "./chi-header.ts";
import { announcedSweep, reachesEnd } from "./chi-sweep.ts";
import { decodeHead, decodeText } from "./decode.ts";
import { positive } from "./header-number.ts";
import { type NumericTable, readTable } from "./numeric-table.ts";
import { failure } from "./parse-failure.ts";
import type { ElectrodeCurrents, InstrumentFormat, ParseFailure, ParseOutcome, Scan } from "./scan.ts";
import { emptyTable, noRows, rowWarnings, type TablePlace } from "./table-report.ts";
import { isAnalysed, TECHNIQUE_NAMES, techniqueOf } from "./technique-words.ts";
import { HEADER_BYTES, LINE_END } from "./text-line.ts";

const NAME = "chi-text";
/** Ten lines, one of them a path. */
const SNIFF_BYTES = 2048;
/** Habits of writing that are CHI's alone. */
const TABLE_HEADER = /^"?(?:Potential\/V|Time\/s(?:ec)?"?[,;\s]{1,4}"?(?:Current|i\d*)\/A)/im;

/**
 * The format of CH Instruments' own export.
 *
 * The last line counts only with its line end, because without one it may be cut in the middle of a number
 * (`1.2e-1` of `1.2e-10`). One exception: the very row that the header announces as the last one, with its last
 * number written exactly like that of the row above, is taken; editors and scripts often drop the final line end.
 * Such a file is still not complete by content. A dropped line is named in the warnings.
 *
 * The program writes one measurement to a file; where files were appended to each other, each is a scan of its own,
 * and one that cannot be read is named in the warnings.
 */
export const chiText = {
  name: NAME,
  title: "CH Instruments text",
  sniff,
  isComplete,
  parse,
} satisfies InstrumentFormat;

function sniff(bytes: Uint8Array): boolean {
  const first = decodeHead(bytes, SNIFF_BYTES)
    .split(LINE_END, 10)
    .map((line) => line.slice(0, 200).trim());
  if (first.some((line) => /^"?Instrument Model:\s*CHI/i.test(line))) return true;
  if (/^"?Init E \(V\)\s*=/.test(first.find((line) => line !== "") ?? "")) return true;
  if (readClock(first[0] ?? "") !== null && techniqueOf(first[1] ?? "") !== "other") return true;
  return TABLE_HEADER.test(decodeHead(bytes, HEADER_BYTES));
}

/** A measurement below which another one begins has ended; what proves the end is that the last one has. */
function isComplete(bytes: Uint8Array): boolean {
  const measurements = openChiFile(bytes);
  const file = "ok" in measurements ? measurements : measurements.at(-1)?.file;
  if (!file?.ok) return false;
  const sweep = announcedSweep(file.technique, file.header);
  const columns = parseChiColumns(file.tableHeader, file.technique);
  if (sweep === null || !columns.ok) return false;
  const table = readRows(file, columns, [columns.x]);
  return !table.openEnd && reachesEnd(sweep, table.columns[0]!);
}

function parse(bytes: Uint8Array): ParseOutcome {
  const measurements = openChiFile(bytes);
  if ("ok" in measurements) return measurements;
  const scans: Scan[] = [];
  const leftOut: LeftOut[] = [];
  for (const { firstLine, file } of measurements) {
    const scan = !file.ok ? file : isAnalysed(file.technique) ? readCurves(file) : nameOnly(file);
    if ("ok" in scan) leftOut.push({ firstLine, failure: scan });
    else scans.push(scan);
  }
  const [first] = leftOut;
  if (scans.length === 0 && first !== undefined) return first.failure;
  const encodings = measurements.flatMap(({ file }) => (file.ok ? [file.encoding] : []));
  const encoding = encodings.find((one) => one !== "utf-8") ?? "utf-8";
  return { ok: true, format: NAME, encoding, scans: withLeftOut(scans, leftOut) };
}

/** A measurement of the file that gave no scan. */
interface LeftOut {
  readonly firstLine: number;
  readonly failure: ParseFailure;
}

/** Said once to each technique's readers, who see only the scans of theirs. */
function withLeftOut(scans: readonly Scan[], leftOut: readonly LeftOut[]): readonly Scan[] {
  const [first] = leftOut;
  if (first === undefined) return scans;
  const all = scans.length + leftOut.length;
  const count = leftOut.length === 1 ? "1 was" : `${leftOut.length} were`;
  const { message, line = first.firstLine } = first.failure;
  const warning = `Of the file's ${all} measurements ${count} left out; the first begins at line ${first.firstLine}: ${message} (line ${line})`;
  const told = new Set<string>();
  return scans.map((scan) => {
    if (told.has(scan.technique)) return scan;
    told.add(scan.technique);
    return { ...scan, warnings: [...scan.warnings, warning] };
  });
}

function nameOnly(file: ChiFile): Scan | ParseFailure {
  const rest = file.bytes.subarray(file.tableStart);
  if (!rest.some((byte) => byte >= 0x30 && byte <= 0x39)) {
    return emptyTable(file.tableHeader, file.tableLine);
  }
  return { ...describe(file), potentials_v: new Float64Array(0), electrodes: [], warnings: [] };
}

function readCurves(file: ChiFile): Scan | ParseFailure {
  const columns = parseChiColumns(file.tableHeader, file.technique);
  if (!columns.ok) return failure("missing_column", columns.message, file.tableLine);
  const wanted = [columns.x];
  for (const { current, forward, reverse } of columns.electrodes) {
    for (const column of [current, forward, reverse]) if (column !== undefined) wanted.push(column);
  }
  const table = readRows(file, columns, wanted);
  const kept = keepsLastRow(file, table) ? table.rows : table.rows - 1;
  if (kept <= 0) return noRows(table, placeOf(file, columns.names), file.tableHeader);
  const at = (column: number) => {
    const values = table.columns[wanted.indexOf(column)]!;
    return kept === table.rows ? values : values.slice(0, kept);
  };
  const electrodes = columns.electrodes.map(
    ({ electrode, current, forward, reverse }): ElectrodeCurrents => ({
      electrode,
      currents_a: at(current),
      ...(forward !== undefined && { forward_a: at(forward) }),
      ...(reverse !== undefined && { reverse_a: at(reverse) }),
    }),
  );
  const peaks = instrumentPeaks(file.header, electrodes);
  return {
    ...describe(file),
    ...(file.technique === "ca"
      ? { potentials_v: new Float64Array(0), times_s: at(columns.x) }
      : { potentials_v: at(columns.x) }),
    electrodes,
    ...(peaks.length > 0 && { instrument_peaks: peaks }),
    warnings: warnings(file, columns, table, kept),
  };
}

function readRows(file: ChiFile, columns: ChiColumns, wanted: readonly number[]): NumericTable {
  const delimiter = delimiterOf(file.tableHeader);
  return readTable(file.bytes, file.tableStart, { delimiter, width: columns.names.length, wanted });
}

/** Whether the last row of the table may be used: see `chiText`. */
function keepsLastRow(file: ChiFile, table: NumericTable): boolean {
  if (!table.lastRowOpen) return true;
  const sweep = announcedSweep(file.technique, file.header);
  if (sweep === null || !reachesEnd(sweep, table.columns[0]!)) return false;
  const lines = decodeText(file.bytes.subarray(-1000));
  const [above, last] = lines.ok ? lines.text.split(LINE_END).slice(-2).map(lastNumberForm) : [];
  return above != null && last != null && above.form === last.form && Math.abs(above.power - last.power) <= 2;
}

/** How the last number of a line is written: `#.####e` and its power of ten. */
function lastNumberForm(line: string): { form: string; power: number } | null {
  const [, mantissa, power = "0"] = /([\d.]+)(?:[eE]([-+]?\d+))?$/.exec(line) ?? [];
  return mantissa === undefined ? null : { form: mantissa.replaceAll(/\d/g, "#"), power: Number(power) };
}

function describe(file: ChiFile): Omit<Scan, "potentials_v" | "electrodes" | "warnings"> {
  const { technique, header } = file;
  const { instrument, started_at } = header;
  const value = (name: string) => positive(header.numbers.get(name));
  const frequency_hz = value("frequency");
  const amplitude_v = value("amplitude");
  // The sample interval of chronoamperometry is a time.
  const step_v = technique === "ca" ? undefined : (value("incr e") ?? value("sample interval"));
  const scan_rate_v_s = value("scan rate");
  return {
    technique,
    technique_name: header.technique_name ?? TECHNIQUE_NAMES[technique],
    ...(frequency_hz !== undefined && { frequency_hz }),
    ...(amplitude_v !== undefined && { amplitude_v }),
    ...(step_v !== undefined && { step_v }),
    ...(scan_rate_v_s !== undefined && { scan_rate_v_s }),
    ...(started_at !== null && { started_at }),
    ...(instrument !== null && { instrument }),
  };
}

/** A peak without a channel belongs to the only electrode there is; with several it cannot be told, and is left out. */
function instrumentPeaks(header: ChiHeader, electrodes: readonly ElectrodeCurrents[]) {
  const only = electrodes.length === 1 ? electrodes[0]!.electrode : null;
  return header.peaks.flatMap(({ channel, potential_v, height_a }) => {
    const electrode = channel ?? only;
    const isMeasured = electrodes.some((one) => one.electrode === electrode);
    return electrode !== null && isMeasured ? [{ electrode, potential_v, height_a }] : [];
  });
}

function warnings(file: ChiFile, columns: ChiColumns, table: NumericTable, kept: number): string[] {
  const found = rowWarnings(table, placeOf(file, columns.names), kept);
  if (columns.ignored.length > 0) {
    found.push(`Columns that were not understood and not read: ${columns.ignored.slice(0, 8).join(", ")}.`);
  }
  const steps = file.technique === "ca" ? (file.header.numbers.get("step") ?? 1) : 1;
  if (steps > 1) {
    found.push(`The file holds ${steps} potential steps in a row; a time window picks the decay of one.`);
  }
  for (const electrode of file.header.scannedElectrodes) {
    if (columns.electrodes.some((one) => one.electrode === electrode)) continue;
    found.push(
      `The header says that electrode ${electrode} was scanned, but the table has no column for it.`,
    );
  }
  return found;
}

function placeOf(file: ChiFile, names: readonly string[]): TablePlace {
  return { names, firstLine: file.tableLine + 1 };
}
