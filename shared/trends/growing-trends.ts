import type { Note } from "../protocol/note.ts";
import type { TrendParams } from "../protocol/trend-params.ts";
import { DerivedTrends } from "./derived-trends.ts";
import { exclusionsAmong } from "./exclusions.ts";
import type { TrendLog } from "./trend-log.ts";

interface Basis {
  readonly files: object;
  readonly generation: number;
  readonly exclusions: readonly Note[];
  readonly params: TrendParams;
}

/**
 * Trends of a log that somebody watches: as long as it only grows, what was derived before is kept and only what is
 * new is derived. What comes out is the same as from scratch, to the last bit.
 */
export class GrowingTrends {
  private basis: Basis | null = null;
  private last: DerivedTrends | undefined;

  /** @param generation another one than before: the log's old offsets mean nothing any more */
  derive(log: TrendLog, generation: number, notes: readonly Note[], params: TrendParams): DerivedTrends {
    const basis: Basis = { files: log.files, generation, exclusions: exclusionsAmong(notes), params };
    const before = this.basis !== null && isSame(this.basis, basis) ? this.last : undefined;
    this.basis = basis;
    this.last = new DerivedTrends(log, notes, params, before);
    return this.last;
  }
}

function isSame(a: Basis, b: Basis): boolean {
  return (
    a.files === b.files &&
    a.generation === b.generation &&
    a.exclusions.length === b.exclusions.length &&
    a.exclusions.every((note, index) => note === b.exclusions[index]) &&
    (a.params === b.params || JSON.stringify(a.params) === JSON.stringify(b.params))
  );
}
