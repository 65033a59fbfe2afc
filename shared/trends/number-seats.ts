import { pairUp } from "../electrochem/trend-series.ts";
import { lowerBound } from "./growable-column.ts";
import type { FileSeries } from "./trace-series.ts";

type PlacedSeries = Pick<FileSeries, "keys" | "offsets">;

/** By electrode and place in its series. */
export type Seats = readonly Uint32Array[];

const NUMBERS_A_STEP = 1_000;

/**
 * Which row of its number each value belongs to, counted from 0: for means across electrodes and for tables, on the
 * screen and in exports. Electrodes of one file share a row, and so do files of one number that hold different
 * electrodes. Where an electrode has a number twice, as where several series stand in one session, each of these files
 * has a row of its own: in the order of the log, the first in which none of its electrodes stands yet.
 *
 * @param electrodes all electrodes of one frequency
 * @returns by electrode, then by place in its series
 */
export function seatsOf(electrodes: readonly PlacedSeries[]): Seats {
  const steps = seating(electrodes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same in steps of a few milliseconds, for who must let other work in between. */
export function* seating(electrodes: readonly PlacedSeries[]): Generator<void, Seats> {
  const seats = electrodes.map(({ keys }) => new Uint32Array(keys.length));
  let count = 0;
  for (const key of repeatedKeys(electrodes)) {
    seatNumber(electrodes, key, seats);
    count += 1;
    if (count % NUMBERS_A_STEP === 0) yield;
  }
  return seats;
}

/**
 * Seats of the values of pairs (`pairUp`), which stand in the row of their signal-on file, or of the other where
 * there is none.
 */
export function seatsOfPairs(
  electrodes: readonly { readonly on: FileSeries; readonly off: FileSeries }[],
): readonly Uint32Array[] {
  const onSeats = seatsOf(electrodes.map(({ on }) => on));
  const offSeats = seatsOf(electrodes.map(({ off }) => off));
  return electrodes.map(({ on, off }, e) => {
    const { onRows, offRows } = pairUp(on, off);
    return Uint32Array.from(onRows, (row, i) => (row < 0 ? offSeats[e]![offRows[i]!]! : onSeats[e]![row]!));
  });
}

/** Numbers that any electrode has more than once. */
function repeatedKeys(electrodes: readonly PlacedSeries[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { keys } of electrodes)
    for (let i = 1; i < keys.length; i++) if (keys[i] === keys[i - 1]) found.add(keys[i]!);
  return found;
}

/** Value `at` of the `electrode`-th series. */
interface Seated {
  readonly electrode: number;
  readonly at: number;
}

function seatNumber(electrodes: readonly PlacedSeries[], key: number, seats: readonly Uint32Array[]): void {
  const files = new Map<number, Seated[]>();
  electrodes.forEach(({ keys, offsets }, electrode) => {
    for (let at = lowerBound(keys, key); keys[at] === key; at++) {
      const file = files.get(offsets[at]!);
      if (file === undefined) files.set(offsets[at]!, [{ electrode, at }]);
      else file.push({ electrode, at });
    }
  });
  const taken: Set<number>[] = [];
  for (const [, file] of [...files].sort(([a], [b]) => a - b)) {
    let seat = taken.findIndex((row) => !file.some(({ electrode }) => row.has(electrode)));
    if (seat < 0) seat = taken.push(new Set()) - 1;
    for (const { electrode, at } of file) {
      taken[seat]!.add(electrode);
      seats[electrode]![at] = seat;
    }
  }
}
