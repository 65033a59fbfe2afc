import { SampleWindow } from "./sample-window.ts";

/** What one file took, on average. */
export interface FlowPerFile {
  /** Time in which some file was here, waiting or worked on. */
  readonly busyMs: number;
  /** Time in which none was here. */
  readonly emptyMs: number;
}

/**
 * Files that come, have their turn, and go: how long it takes them while there are any, apart from how long there are
 * none. Unlike a plain rate neither changes with the number of those who share the turns. Time comes in as an argument.
 */
export class Flow {
  readonly #window = new SampleWindow<{
    readonly at_ms: number;
    readonly done: number;
    readonly busyMs: number;
  }>();
  #here = 0;
  #busySince = 0;
  #busyMs = 0;
  #done = 0;

  /** @param now from here on it is measured */
  constructor(now: number) {
    this.#window.note({ at_ms: now, done: 0, busyMs: 0 });
  }

  come(now: number): void {
    if (this.#here === 0) this.#busySince = now;
    this.#here += 1;
  }

  go(now: number): void {
    this.#here -= 1;
    this.#done += 1;
    this.#busyMs += now - this.#busySince;
    this.#busySince = now;
    this.#window.note({ at_ms: now, done: this.#done, busyMs: this.#busyMs });
  }

  /** Null until there is a basis. */
  perFile(now: number): FlowPerFile | null {
    const ends = this.#window.ends(now);
    if (ends === null) return null;
    const { first, last } = ends;
    const files = last.done - first.done;
    const busyMs = last.busyMs - first.busyMs;
    // Who has nothing here since the last one gets slower by the moment.
    const until = this.#here === 0 ? now : last.at_ms;
    return { busyMs: busyMs / files, emptyMs: Math.max(0, until - first.at_ms - busyMs) / files };
  }
}
