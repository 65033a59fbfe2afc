import { type TrendResults, traceName } from "./trend-log.ts";

/**
 * How many scans of one kind a file of a growing log holds at most: cycles of a CV, voltammograms of a session. Of all
 * traces together, so that the k-th scans of two electrodes or frequencies have the same place.
 */
export class ScansInFiles {
  private readonly several = new Map<number, number>();
  private readonly seen = new Map<string, number>();

  /** Takes in the results that have come since the last time: all of a file come at once. */
  update(traces: Iterable<TrendResults>): void {
    for (const trace of traces) {
      const name = traceName(trace.id);
      const offsets = trace.column("offset").view();
      this.count(offsets, this.seen.get(name) ?? 0);
      this.seen.set(name, offsets.length);
    }
  }

  most(offset: number): number {
    return this.several.get(offset) ?? 1;
  }

  /** Results of one file stand together. */
  private count(offsets: Float64Array, from: number): void {
    let run = 1;
    for (let row = from + 1; row < offsets.length; row++) {
      run = offsets[row] === offsets[row - 1] ? run + 1 : 1;
      if (run > this.most(offsets[row]!)) this.several.set(offsets[row]!, run);
    }
  }
}
