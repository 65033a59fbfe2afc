const HOUR_MS = 3_600_000;
const KEPT_HOURS = 24;

/** Waits of what was begun within one hour of the clock. */
export interface HourOfWaits {
  readonly hour_ms: number;
  readonly count: number;
  readonly mean_ms: number;
  readonly longest_ms: number;
}

/** Waits by hour, for a day. */
export class WaitHistory {
  readonly #now: () => number;
  readonly #hours = new Map<number, { count: number; sum_ms: number; longest_ms: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  add(waitMs: number): void {
    const hour = Math.floor(this.#now() / HOUR_MS);
    const { count, sum_ms, longest_ms } = this.#hours.get(hour) ?? { count: 0, sum_ms: 0, longest_ms: 0 };
    this.#hours.set(hour, {
      count: count + 1,
      sum_ms: sum_ms + waitMs,
      longest_ms: Math.max(longest_ms, waitMs),
    });
    for (const old of this.#hours.keys()) if (old <= hour - KEPT_HOURS) this.#hours.delete(old);
  }

  /** The hours in which anything was begun, oldest first. */
  read(): readonly HourOfWaits[] {
    const oldest = Math.floor(this.#now() / HOUR_MS) - KEPT_HOURS;
    return [...this.#hours]
      .filter(([hour]) => hour > oldest)
      .sort(([a], [b]) => a - b)
      .map(([hour, { count, sum_ms, longest_ms }]) => ({
        hour_ms: hour * HOUR_MS,
        count,
        mean_ms: sum_ms / count,
        longest_ms,
      }));
  }
}
