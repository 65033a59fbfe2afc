import { SampleWindow } from "./sample-window.ts";

/** How fast something goes, from what was seen of it. Time comes in as an argument. */
export class Pace {
  readonly #window = new SampleWindow<{ readonly at_ms: number; readonly done: number }>();

  note(done: number, now: number): void {
    this.#window.note({ at_ms: now, done });
  }

  /** Time until `total` is reached; null until there is a basis. */
  etaMs(total: number | null, now: number): number | null {
    const ends = this.#window.ends(now);
    if (ends === null || total === null) return null;
    const { first, last } = ends;
    const each = (now - first.at_ms) / (last.done - first.done);
    return Math.max(0, Math.round((total - last.done) * each));
  }
}
