import { ENTRY_STATUS, EntryTable, RESULT_KINDS, ResultTable } from "../../../shared/protocol/log-tables.ts";
import type { Note } from "../../../shared/protocol/note.ts";
import { TrendParams } from "../../../shared/protocol/trend-params.ts";
import { DerivedTrends } from "../../../shared/trends/derived-trends.ts";
import { CollectedLog } from "../../../shared/trends/trend-log.ts";

/** One file as a test writes it. */
export interface ModelFile {
  readonly name: string;
  readonly number: number;
  readonly hz: number;
  /** Peak height in A of electrode 1, 2, …; NaN: no peak. */
  readonly heights: readonly number[];
  readonly minute?: number;
  readonly failed?: boolean;
  /** Electrodes that the file does not hold at all. */
  readonly without?: readonly number[];
  /** Files with the same number have the same bytes; left out: like no other. */
  readonly content?: number;
}

/** @param log goes on where it is given */
export function logOf(files: readonly ModelFile[], log = new CollectedLog()): CollectedLog {
  const from = log.next;
  files.forEach((file, index) => {
    const offset = from + index;
    const mtime_ms = 60_000 * (file.minute ?? offset);
    const status = ENTRY_STATUS[file.failed ? "failed" : "analysed"];
    const { number: file_number, hz: frequency_hz, content = Number.NaN } = file;
    const entry = { offset, status, file_number, frequency_hz, mtime_ms, content };
    const all = (file.failed ? [] : file.heights).map((height, index) => ({
      offset,
      electrode: index + 1,
      frequency_hz: file.hz,
      kind: RESULT_KINDS.indexOf(Number.isNaN(height) ? "no-maximum" : "peak"),
      peak_height_a: height,
      peak_area_av: height / 10,
      peak_potential_v: -0.3,
    }));
    const results = all.filter(({ electrode }) => !file.without?.includes(electrode));
    log.add(
      [file.name],
      EntryTable.read(EntryTable.write([entry])),
      ResultTable.read(ResultTable.write(results)),
    );
  });
  return log;
}

export function derive(
  files: readonly ModelFile[],
  params: Partial<TrendParams> = {},
  notes: readonly Note[] = [],
): DerivedTrends {
  const log = logOf(files);
  return new DerivedTrends(log, notes, TrendParams.parse({ axis: "file-number", ...params }));
}

let count = 0;
export function note(more: Partial<Note>): Note {
  count += 1;
  return {
    note_id: `note-of-a-test-${count}`,
    rev: count,
    kind: "injection",
    at: { time_ms: 0 },
    electrode: null,
    text: "",
    concentration: null,
    unit: null,
    author_role: "control",
    created_at_ms: 0,
    removed: false,
    ...more,
  };
}

/** A file or one electrode of it does not count. */
export function excluded(files: readonly ModelFile[], offset: number, electrode: number | null = null): Note {
  const at = { offset, name: files[offset]?.name ?? "" };
  return note({ kind: "exclude", at, electrode, text: "Air bubble" });
}

/** Values as people write them: null for none. */
export function listed(values: Iterable<number>): (number | null)[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
}
