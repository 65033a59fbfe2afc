import { hoursOf } from "../../shared/electrochem/trend-series.ts";
import type { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import type { FileSeries } from "../../shared/trends/trace-series.ts";

const MS_PER_HOUR = 3_600_000;

export interface ContinuousRow {
  /** Number of the row's files. */
  readonly key: number;
  /** Of the earliest file of the row. */
  readonly hours: number;
  /** The file of the row that was logged last: with it the row became what it is. */
  readonly lastOffset: number;
}

/** A row while its files are collected: the files of one number, one for each frequency and electrode. */
interface OpenRow {
  readonly key: number;
  readonly offsets: number[];
}

/**
 * Rows of the continuous layout, with their time in hours: by number where an interval is set, else by clock. Files of
 * one number share a row where they are of different frequencies or electrodes. Where a number repeats, as where
 * several series stand in one session, each file has a row of its own (the k-th of one frequency beside the k-th of
 * another), and the rows stand in the order of the log; otherwise by number.
 */
export class ContinuousRows {
  readonly inOrder: readonly ContinuousRow[];
  /** By frequency, then by `placeName`. */
  readonly #places = new Map<number | null, Map<string, OpenRow>>();
  readonly #at = new Map<OpenRow, number>();

  constructor(trends: DerivedTrends) {
    const byKey = new Map<number, OpenRow[]>();
    for (const frequency of trends.traced) this.#place(trends, frequency, byKey);
    const open = [...byKey.values()].flat();
    const repeats = open.length > byKey.size;
    const first = ({ offsets }: OpenRow) => Math.min(...offsets);
    open.sort((a, b) => (repeats ? first(a) - first(b) || a.key - b.key : a.key - b.key));
    for (const [index, row] of open.entries()) this.#at.set(row, index);
    this.inOrder = timed(trends, open);
  }

  emptyColumn(): Float64Array {
    return new Float64Array(this.inOrder.length).fill(Number.NaN);
  }

  /** @param frequencies whose files the values come from, the first that has one counts */
  column({ keys, values, offsets }: FileSeries, frequencies: readonly (number | null)[]): Float64Array {
    const found = this.emptyColumn();
    keys.forEach((key, index) => {
      if (Number.isNaN(values[index])) return; // a file without a partner must not hide the pair beside it
      const name = placeName(offsets[index] ?? 0, key);
      const row = frequencies.map((f) => this.#places.get(f)?.get(name)).find((one) => one !== undefined);
      if (row !== undefined) found[this.#at.get(row) ?? 0] = values[index] ?? Number.NaN;
    });
    return found;
  }

  /** Gives every file of one frequency its row: the first of its number in which none of its electrodes stands yet. */
  #place(trends: DerivedTrends, frequency: number | null, byKey: Map<number, OpenRow[]>): void {
    const places = new Map<string, OpenRow>();
    this.#places.set(frequency, places);
    const taken = new Map<OpenRow, Set<number>>();
    for (const { key, offset, electrodes } of filesOf(trends, frequency)) {
      const rows = byKey.get(key) ?? [];
      byKey.set(key, rows);
      let row = rows.find((one) => !electrodes.some((e) => taken.get(one)?.has(e)));
      if (row === undefined) {
        row = { key, offsets: [] };
        rows.push(row);
      }
      row.offsets.push(offset);
      taken.set(row, new Set([...(taken.get(row) ?? []), ...electrodes]));
      places.set(placeName(offset, key), row);
    }
  }
}

interface PlacedScan {
  readonly key: number;
  readonly offset: number;
  readonly electrodes: number[];
}

/** The scans of one frequency in the order of the log, with the electrodes that each has. */
function filesOf(trends: DerivedTrends, frequency: number | null): PlacedScan[] {
  const found = new Map<string, PlacedScan>();
  for (const electrode of trends.electrodes) {
    const { keys, offsets } = trends.value(electrode, frequency);
    keys.forEach((key, index) => {
      const offset = offsets[index] ?? 0;
      const name = placeName(offset, key);
      const scan = found.get(name);
      if (scan === undefined) found.set(name, { key, offset, electrodes: [electrode] });
      else scan.electrodes.push(electrode);
    });
  }
  return [...found.values()].sort((a, b) => a.offset - b.offset || a.key - b.key);
}

function timed({ params, placed }: DerivedTrends, open: readonly OpenRow[]): ContinuousRow[] {
  const { seconds_per_file } = params;
  const timeMs = (offset: number) => placed.timesMs[offset] ?? Number.POSITIVE_INFINITY;
  const earliest = open.map(({ offsets }) =>
    offsets.reduce((first, offset) => (timeMs(offset) < timeMs(first) ? offset : first)),
  );
  const firstMs = earliest.reduce(
    (first, offset) => Math.min(first, timeMs(offset)),
    Number.POSITIVE_INFINITY,
  );
  return open.map(({ key, offsets }, index) => {
    const hours =
      seconds_per_file === null
        ? (timeMs(earliest[index] ?? 0) - firstMs) / MS_PER_HOUR
        : hoursOf(key, seconds_per_file);
    return { key, hours, lastOffset: Math.max(...offsets) };
  });
}

/** One scan of a file. */
function placeName(offset: number, key: number): string {
  return `${offset}/${key}`;
}
