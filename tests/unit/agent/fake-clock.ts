import type { Clock } from "../../../agent/clock.ts";

interface Timer {
  readonly atMs: number;
  readonly task: () => void;
}

/** Time that passes only when a test says so. */
export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #wallStartMs = Date.now();
  readonly #timers = new Set<Timer>();

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallStartMs + this.#nowMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass, timer by timer; after each one everything that it set off comes to rest. */
  async pass(ms: number, rest: () => Promise<void>): Promise<void> {
    const endMs = this.#nowMs + ms;
    await rest();
    for (let next = this.#next(endMs); next !== null; next = this.#next(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#timers.delete(next);
      next.task();
      await rest();
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number): Timer | null {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
    return due[0] ?? null;
  }
}
