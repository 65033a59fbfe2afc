import { setImmediate as nextTurn } from "node:timers/promises";
import { hoursOf } from "../../shared/electrochem/trend-series.ts";
import type { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import { type Seats, seating } from "../../shared/trends/number-seats.ts";
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
  /** Place in the table, once all rows are there. */
  at: number;
}

/** The scans of one frequency, by the file that they are in: nearly always one. */
type Places = Map<number, OpenRow[]>;

/**
 * Rows of the continuous layout, with their time in hours: by number where an interval is set, else by clock. Files of
 * one number share a row where they are of different frequencies or electrodes. Where a number repeats, as where
 * several series stand in one session, each file has a row of its own (`seatsOf`; the k-th of one frequency beside the
 * k-th of another), and the rows stand in the order of the log; otherwise by number.
 */
export class ContinuousRows {
  readonly inOrder: readonly ContinuousRow[];
  readonly #places: ReadonlyMap<number | null, Places>;

  private constructor(inOrder: readonly ContinuousRow[], places: ReadonlyMap<number | null, Places>) {
    this.inOrder = inOrder;
    this.#places = places;
  }

  /** Gives every file its row, one electrode after the other: those of a long run take longer than a live file may wait. */
  static async of(trends: DerivedTrends): Promise<ContinuousRows> {
    const byKey = new Map<number, OpenRow[]>();
    const places = new Map<number | null, Places>();
    for (const frequency of trends.traced) places.set(frequency, await placesOf(trends, frequency, byKey));
    const open = [...byKey.values()].flat();
    const repeats = open.length > byKey.size;
    const first = ({ offsets }: OpenRow) => Math.min(...offsets);
    open.sort((a, b) => (repeats ? first(a) - first(b) || a.key - b.key : a.key - b.key));
    for (const [at, row] of open.entries()) row.at = at;
    return new ContinuousRows(timed(trends, open), places);
  }

  emptyColumn(): Float64Array {
    return new Float64Array(this.inOrder.length).fill(Number.NaN);
  }

  /** @param frequencies whose files the values come from, the first that has one counts */
  column({ keys, values, offsets }: FileSeries, frequencies: readonly (number | null)[]): Float64Array {
    const found = this.emptyColumn();
    const places = frequencies.flatMap((frequency) => this.#places.get(frequency) ?? []);
    for (let i = 0; i < keys.length; i++) {
      if (Number.isNaN(values[i])) continue; // a file without a partner must not hide the pair beside it
      for (const ofFrequency of places) {
        const row = ofFrequency.get(offsets[i] ?? -1)?.find(({ key }) => key === keys[i]);
        if (row === undefined) continue;
        found[row.at] = values[i] ?? Number.NaN;
        break;
      }
    }
    return found;
  }
}

/** @param byKey rows of every number, to which those of this frequency are added */
async function placesOf(
  trends: DerivedTrends,
  frequency: number | null,
  byKey: Map<number, OpenRow[]>,
): Promise<Places> {
  const places: Places = new Map();
  const series: FileSeries[] = [];
  for (const electrode of trends.electrodes) {
    series.push(trends.value(electrode, frequency));
    await nextTurn();
  }
  const seats = await seatsInTurns(series);
  for (const [e, { keys, offsets }] of series.entries()) {
    for (const [i, key] of keys.entries()) seat(key, offsets[i] ?? 0, seats[e]?.[i] ?? 0, places, byKey);
    await nextTurn();
  }
  return places;
}

async function seatsInTurns(series: readonly FileSeries[]): Promise<Seats> {
  const steps = seating(series);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await nextTurn();
  }
}

function seat(
  key: number,
  offset: number,
  seatOfKey: number,
  places: Places,
  byKey: Map<number, OpenRow[]>,
): void {
  const there = places.get(offset);
  if (there?.some((row) => row.key === key)) return; // another electrode of the file
  const rows = byKey.get(key) ?? [];
  byKey.set(key, rows);
  const row = rows[seatOfKey] ?? { key, offsets: [], at: 0 };
  rows[seatOfKey] = row;
  row.offsets.push(offset);
  if (there === undefined) places.set(offset, [row]);
  else there.push(row);
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
