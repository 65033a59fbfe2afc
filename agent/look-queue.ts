import type { Clock } from "./clock.ts";

/** Looks at the same time: enough to fill a disk's queue, few enough to leave descriptors and the processor free. */
const PARALLEL_LOOKS = 8;
/**
 * Between two looks at one file that is not finished: at first as short as this, doubled up to the longest series.
 * A file that is saved at once is found at once; one that is written row by row gives hundreds of hints a second.
 */
const REST_MS = 2;
const LONGEST_SERIES_MS = 40;
/** A look may take a quarter of the time at most, however large the growing file is. */
const REST_PER_COST = 3;
const LONGEST_REST_MS = 2_000;

/**
 * Looks at files: now or later, never twice at once, never more often than the file's size allows.
 * A look that is asked for while one runs is done after it, so no change is missed.
 */
export class LookQueue {
  readonly #clock: Clock;
  readonly #look: (label: string) => Promise<number | null>;
  readonly #ready = new Set<string>();
  readonly #running = new Map<string, { again: boolean }>();
  readonly #timers = new Map<string, () => void>();
  readonly #restUntil = new Map<string, number>();
  /** Looks in a row that wanted another. */
  readonly #series = new Map<string, number>();
  #waiters: (() => void)[] = [];
  #stopped = false;

  /** @param look looks once; answers after how many ms it wants to look again, or null; never throws */
  constructor(clock: Clock, look: (label: string) => Promise<number | null>) {
    this.#clock = clock;
    this.#look = look;
  }

  /** Looks as soon as the file has rested. */
  ask(label: string): void {
    const running = this.#running.get(label);
    if (running !== undefined) running.again = true;
    else this.#after(label, (this.#restUntil.get(label) ?? 0) - this.#clock.monotonicMs());
  }

  /** A look at this name is under way or planned. */
  plans(label: string): boolean {
    return this.#running.has(label) || this.#ready.has(label) || this.#timers.has(label);
  }

  /** Drops what is planned for a name that has gone. */
  drop(label: string): void {
    this.#ready.delete(label);
    this.#restUntil.delete(label);
    this.#series.delete(label);
    this.#cancelTimer(label);
  }

  /** Resolves when nothing is being looked at or could be at this moment; timers may still be set. */
  async idle(): Promise<void> {
    while (this.#running.size > 0 || this.#ready.size > 0)
      await new Promise<void>((done) => this.#waiters.push(done));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ready.clear();
    for (const label of [...this.#timers.keys()]) this.#cancelTimer(label);
    await this.idle();
  }

  #after(label: string, delayMs: number): void {
    if (this.#stopped) return;
    this.#cancelTimer(label);
    if (delayMs > 0) {
      const cancel = this.#clock.after(delayMs, () => {
        this.#timers.delete(label);
        this.#after(label, 0);
      });
      this.#timers.set(label, cancel);
      return;
    }
    this.#ready.add(label);
    this.#start();
  }

  #start(): void {
    for (const label of this.#ready) {
      if (this.#running.size >= PARALLEL_LOOKS) return;
      this.#ready.delete(label);
      void this.#run(label);
    }
  }

  async #run(label: string): Promise<void> {
    const run = { again: false };
    this.#running.set(label, run);
    const startedMs = this.#clock.monotonicMs();
    const wantedMs = await this.#look(label);
    const endedMs = this.#clock.monotonicMs();
    this.#running.delete(label);
    if (wantedMs !== null || run.again) {
      const restMs = this.#rest(label, endedMs - startedMs);
      this.#restUntil.set(label, endedMs + restMs);
      this.#after(label, run.again ? restMs : Math.max(restMs, wantedMs ?? 0));
    } else {
      this.#restUntil.delete(label);
      this.#series.delete(label);
    }
    this.#start();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #rest(label: string, costMs: number): number {
    const series = this.#series.get(label) ?? 0;
    this.#series.set(label, series + 1);
    const seriesMs = Math.min(LONGEST_SERIES_MS, REST_MS * 2 ** series);
    return Math.min(LONGEST_REST_MS, Math.max(seriesMs, REST_PER_COST * costMs));
  }

  #cancelTimer(label: string): void {
    this.#timers.get(label)?.();
    this.#timers.delete(label);
  }
}
