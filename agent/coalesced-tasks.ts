import type { Clock } from "./clock.ts";

/** Things that are asked for often and done at most so often: the first asking starts the wait. */
export class CoalescedTasks {
  readonly #clock: Clock;
  readonly #planned = new Map<string, () => void>();
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `task` once after `delayMs`, however often it is asked for until then. */
  later(name: string, delayMs: number, task: () => void): void {
    if (this.#stopped || this.#planned.has(name)) return;
    const cancel = this.#clock.after(delayMs, () => {
      this.#planned.delete(name);
      task();
    });
    this.#planned.set(name, cancel);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#planned.values()) cancel();
    this.#planned.clear();
  }
}
