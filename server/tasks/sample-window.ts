/** Measured over this much of the past: long enough for one slow batch, short enough to follow a change. */
const WINDOW_MS = 20_000;
/** Less is no basis: the first units wait for caches and connections. */
const BASIS_MS = 500;
/** One sample in this time is enough. */
const SAMPLE_EVERY_MS = 250;

interface Sample {
  readonly at_ms: number;
  /** Units that are through; grows from sample to sample. */
  readonly done: number;
}

/** What was seen of something that goes on, over the last while. Time comes in with the samples. */
export class SampleWindow<Seen extends Sample> {
  #samples: Seen[] = [];

  note(sample: Seen): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && sample.done < last.done) this.#samples = [];
    const [before, latest] = this.#samples.slice(-2);
    // The newest sample always stands; those before it are spread over the window.
    if (before && latest && latest.at_ms - before.at_ms < SAMPLE_EVERY_MS) this.#samples.pop();
    this.#samples.push(sample);
    const since = sample.at_ms - WINDOW_MS;
    while (this.#samples.length > 2 && (this.#samples[1]?.at_ms ?? sample.at_ms) <= since)
      this.#samples.shift();
  }

  /** The oldest and the newest; null until they are a basis. */
  ends(now: number): { readonly first: Seen; readonly last: Seen } | null {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || now - first.at_ms < BASIS_MS) return null;
    return last.done > first.done ? { first, last } : null;
  }

  get latest(): Seen | null {
    return this.#samples.at(-1) ?? null;
  }
}
