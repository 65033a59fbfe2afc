import type { DerivedTrends } from "./derived-trends.ts";

/** One electrode's answer to frequency: columns of one length, Hz ascending. */
export interface FrequencyMap {
  readonly electrode: number;
  readonly frequenciesHz: Float64Array;
  /** A, or C for charge (height / f); NaN where there is no peak. */
  readonly values: Float64Array;
  /** The file that each value comes from; NaN without one. */
  readonly offsets: Float64Array;
}

export type MapQuantity = "height" | "charge";

/**
 * One value per electrode and frequency, for the screen and for exports: of the round with this key where it has three
 * frequencies or more, else the newest of each frequency: the highest number that has a value, whenever its file came.
 * Excluded files and replaced revisions do not count.
 *
 * @param key file number or rank of a round; null: the newest
 */
export function frequencyMaps(
  derived: DerivedTrends,
  quantity: MapQuantity,
  key: number | null,
): FrequencyMap[] {
  const rowOf = (electrode: number, hz: number, wanted: number | null) => {
    const { keys, values, offsets } = derived.heights(electrode, hz);
    let row = wanted === null ? keys.length - 1 : keys.lastIndexOf(wanted);
    // A frequency whose newest file has no value is shown with the one before, but a round is shown as it is.
    while (wanted === null && row >= 0 && Number.isNaN(values[row]!)) row -= 1;
    const height = row < 0 ? Number.NaN : values[row]!;
    return {
      value: quantity === "charge" ? height / hz : height,
      offset: row < 0 ? Number.NaN : offsets[row]!,
    };
  };
  const isRound = (electrode: number) =>
    key !== null &&
    derived.frequencies.filter((hz) => derived.heights(electrode, hz).keys.includes(key)).length > 2;
  const wanted = derived.electrodes.some(isRound) ? key : null;
  return derived.electrodes.map((electrode) => {
    const rows = derived.frequencies.map((hz) => rowOf(electrode, hz, wanted));
    return {
      electrode,
      frequenciesHz: Float64Array.from(derived.frequencies),
      values: Float64Array.from(rows, ({ value }) => value),
      offsets: Float64Array.from(rows, ({ offset }) => offset),
    };
  });
}
