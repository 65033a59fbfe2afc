/** Cycles of one table, by the number that the instrument writes beside every row. */

/** Rows `from` to `to` (not included) of one cycle. */
export interface CycleRun {
  readonly cycle: number;
  readonly from: number;
  readonly to: number;
}

/**
 * More scans than this in one file are no cycles but a column of something else; each costs some hundred bytes, so
 * this also bounds what a file of one-row cycles can take.
 */
export const MOST_SCANS = 5_000;

/** Runs of rows with the same number, in the order of the file; null when there are more than any instrument writes. */
export function cycleRuns(marks: Float64Array): CycleRun[] | null {
  const runs: CycleRun[] = [];
  let from = 0;
  for (let row = 1; row <= marks.length; row++) {
    if (row < marks.length && marks[row] === marks[from]) continue;
    if (runs.length === MOST_SCANS) return null;
    runs.push({ cycle: marks[from]!, from, to: row });
    from = row;
  }
  return runs;
}

/**
 * Takes single left-over rows out: an instrument that stops behind a vertex often opens a next cycle for one row.
 * Where nothing else is there, they stay.
 */
export function withoutLeftOvers<T>(
  cycles: readonly T[],
  rowsOf: (cycle: T) => number,
): { readonly kept: readonly T[]; readonly warnings: string[] } {
  const kept = cycles.filter((cycle) => rowsOf(cycle) > 1);
  const left = cycles.length - kept.length;
  if (left === 0 || kept.length === 0) return { kept: cycles, warnings: [] };
  const what = left === 1 ? "1 left-over row was" : `${left} left-over rows were`;
  return { kept, warnings: [`${what} left out: a single row is not a cycle.`] };
}

export function tooManyScans(what: string): string {
  return `The file holds more than ${MOST_SCANS} ${what}. Export fewer at a time.`;
}
