/** One result of a frequency map, as far as the map is made of it. */
export interface MappedPeak {
  readonly offset: number;
  readonly electrode: number;
  readonly frequency_hz: number;
  readonly peak_height_a: number;
}

export interface MapPoint<Row extends MappedPeak> {
  readonly frequency_hz: number;
  /** C: height / frequency. */
  readonly charge_c: number;
  readonly row: Row;
}

/**
 * Height and charge over frequency, one point per electrode and frequency: the newest result wins, so that a file
 * that is measured again replaces the point and does not add one. Rows without a frequency have no place.
 *
 * @param rows peaks in any order; what has no peak is left out by the caller
 * @returns by electrode, each by ascending frequency
 */
export function frequencyMap<Row extends MappedPeak>(rows: readonly Row[]): Map<number, MapPoint<Row>[]> {
  const newest = new Map<string, Row>();
  for (const row of rows) {
    if (!(row.frequency_hz > 0)) continue;
    const key = `${row.electrode} ${row.frequency_hz}`;
    const known = newest.get(key);
    if (known === undefined || known.offset <= row.offset) newest.set(key, row);
  }
  const map = new Map<number, MapPoint<Row>[]>();
  const ascending = [...newest.values()].sort(
    (a, b) => a.electrode - b.electrode || a.frequency_hz - b.frequency_hz,
  );
  for (const row of ascending) {
    const { electrode, frequency_hz, peak_height_a } = row;
    const points = map.get(electrode) ?? [];
    map.set(electrode, points);
    points.push({ frequency_hz, charge_c: peak_height_a / frequency_hz, row });
  }
  return map;
}
