import { createHash } from "node:crypto";
import { type EntryStatus, RESULT_KINDS } from "../../shared/protocol/log-tables.ts";
import type { NumericTable } from "../../shared/protocol/numeric-table.ts";
import type { LogRow } from "../store/port.ts";
import { entryOf, valuesOf } from "./export-row.ts";
import { LatestRevisions } from "./latest-revisions.ts";
import { type LogRange, readPages } from "./log-range.ts";

/** What must be known of a stretch of the log before its first row is written. */
export interface Survey {
  readonly files: Readonly<Record<EntryStatus, number>>;
  readonly latest: LatestRevisions;
  /** Files that the version has no results of (yet). */
  readonly withoutVersion: number;
  /** Results that the version could not make, because the files are no longer kept. */
  readonly rawGone: number;
  /** Rows of results by electrode, ascending. */
  readonly rowsByElectrode: ReadonlyMap<number, number>;
  /** Rows of files that have no result at all. */
  readonly bareFiles: number;
  readonly frequencies_hz: readonly number[];
  /** Two files of one frequency and electrode have the same number, as where several series stand in one session. */
  readonly numbersRepeat: boolean;
  /** Whether any file of sweeps holds more than one pair of them: in several scans, or in one. */
  readonly severalCycles: boolean;
  readonly list_sha256: string;
}

const RAW_GONE = RESULT_KINDS.indexOf("raw-gone");

/** Reads the stretch once. */
export async function surveyLog(range: LogRange, table: NumericTable<string>): Promise<Survey> {
  const files = { analysed: 0, skipped: 0, failed: 0 };
  const latest = new LatestRevisions();
  const rowsByElectrode = new Map<number, number>();
  const frequencies = new Set<number>();
  const numbers = new FileNumbers();
  const list = createHash("sha256");
  let withoutVersion = 0;
  let bareFiles = 0;
  let rawGone = 0;
  let severalCycles = false;
  const kindAt = table.fields.indexOf("kind");
  const [electrodeAt, frequencyAt] = [
    table.fields.indexOf("electrode"),
    table.fields.indexOf("frequency_hz"),
  ];
  const take = (row: LogRow) => {
    latest.note(row.name, row.revision);
    list.update(`${row.sha256}  ${row.name}\n`);
    files[entryOf(row).status] += 1;
    if (row.result === null) withoutVersion += 1;
    const values = valuesOf(row);
    if (values.length === 0) bareFiles += 1;
    else if (row.revision === 1) numbers.note(row, `${values[electrodeAt]}@${values[frequencyAt]}`);
    for (let at = 0; at < values.length; at += table.fields.length) {
      const electrode = values[at + electrodeAt] ?? Number.NaN;
      rowsByElectrode.set(electrode, (rowsByElectrode.get(electrode) ?? 0) + 1);
      if (values[at + kindAt] === RAW_GONE) rawGone += 1;
      frequencies.add(values[at + frequencyAt] ?? Number.NaN);
    }
    severalCycles ||= holdsSeveralCycles(values, table);
  };
  for await (const rows of readPages(range)) for (const row of rows) take(row);
  return {
    files,
    latest,
    withoutVersion,
    rawGone,
    bareFiles,
    rowsByElectrode: new Map([...rowsByElectrode].sort(([a], [b]) => a - b)),
    frequencies_hz: [...frequencies].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b),
    numbersRepeat: numbers.repeat,
    severalCycles,
    list_sha256: list.digest("hex"),
  };
}

/** Of one file's results. A pair is two segments, whichever they are. */
function holdsSeveralCycles(values: Float64Array, { fields }: NumericTable<string>): boolean {
  const [scanAt, segmentAt] = [fields.indexOf("scan"), fields.indexOf("segment")];
  if (segmentAt < 0) return false;
  const segments = new Set<number>();
  for (let at = 0; at < values.length; at += fields.length) {
    if ((values[at + scanAt] ?? 0) > 0) return true;
    segments.add(values[at + segmentAt] ?? Number.NaN);
  }
  return segments.size > 2;
}

/** Whether file numbers repeat. A later revision of a name has the number of the first, and is none of its own. */
class FileNumbers {
  /** By trace; a number for each file, until one repeats. */
  readonly #seen = new Map<string, Set<number>>();
  repeat = false;

  note(row: LogRow, trace: string): void {
    if (this.repeat) return;
    const seen = this.#seen.get(trace) ?? new Set();
    this.#seen.set(trace, seen);
    const number = entryOf(row).file_number ?? row.offset + 1;
    this.repeat = seen.has(number);
    seen.add(number);
    if (this.repeat) this.#seen.clear();
  }
}
