/** Measured over this much of the past: long enough for one slow batch, short enough to follow a change. */
const WINDOW_MS = 20_000;
/** Less is no basis: the first units wait for caches and connections. */
const BASIS_MS = 500;
/** One sample in this time is enough. */
const SAMPLE_EVERY_MS = 250;

/** How fast something goes, from what was seen of it. Time comes in as an argument. */
export class Pace {
  #samples: { readonly at_ms: number; readonly done: number }[] = [];

  note(done: number, now: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && done < last.done) this.#samples = [];
    const [before, latest] = this.#samples.slice(-2);
    // The newest sample always stands; those before it are spread over the window.
    if (before && latest && latest.at_ms - before.at_ms < SAMPLE_EVERY_MS) this.#samples.pop();
    this.#samples.push({ at_ms: now, done });
    while (this.#samples.length > 2 && (this.#samples[1]?.at_ms ?? now) <= now - WINDOW_MS)
      this.#samples.shift();
  }

  /** Time for one unit; null until there is a basis. */
  msPerUnit(now: number): number | null {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || now - first.at_ms < BASIS_MS) return null;
    return last.done > first.done ? (now - first.at_ms) / (last.done - first.done) : null;
  }

  /** Time until `total` is reached; null until there is a basis. */
  etaMs(total: number | null, now: number): number | null {
    const each = this.msPerUnit(now);
    const done = this.#samples.at(-1)?.done;
    if (each === null || total === null || done === undefined) return null;
    return Math.max(0, Math.round((total - done) * each));
  }
}
