const MINUTE_MS = 60_000;
const KEPT_MINUTES = 60;

/** How much of something came in each of the last 60 minutes; the minute under way is the last. */
export class RateHistory {
  readonly #now: () => number;
  readonly #amounts: number[] = new Array(KEPT_MINUTES).fill(0);
  #minute: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#minute = Math.floor(now() / MINUTE_MS);
  }

  add(amount: number): void {
    this.#advance();
    const last = KEPT_MINUTES - 1;
    this.#amounts[last] = (this.#amounts[last] ?? 0) + amount;
  }

  /** Oldest first. */
  read(): readonly number[] {
    this.#advance();
    return [...this.#amounts];
  }

  /** A clock that is set back keeps counting in the minute that it was in. */
  #advance(): void {
    const minute = Math.floor(this.#now() / MINUTE_MS);
    const passed = Math.min(KEPT_MINUTES, minute - this.#minute);
    for (let step = 0; step < passed; step += 1) {
      this.#amounts.shift();
      this.#amounts.push(0);
    }
    this.#minute = Math.max(this.#minute, minute);
  }
}
