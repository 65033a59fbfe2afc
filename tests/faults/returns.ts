import { availableParallelism, loadavg } from "node:os";
import { LONG } from "./scenario.ts";

/** How long it took after each time that a fault was healed until every viewer showed everything again. */
export class Returns {
  readonly #ms: number[] = [];
  #mostLoad = 0;

  add(tookMs: number): void {
    this.#ms.push(tookMs);
    this.#mostLoad = Math.max(this.#mostLoad, processesPerCore());
  }

  get slowestMs(): number {
    return Math.max(0, ...this.#ms);
  }

  /**
   * [I5] In the long form the times hold as they are stated. The short one runs beside all other tests, on whatever
   * machine: where n processes want each core, everything may take n times as long.
   */
  brokenOver(statedMs: number): string[] {
    const patience = LONG ? 1 : Math.max(2, this.#mostLoad);
    if (this.slowestMs <= statedMs * patience) return [];
    const load = `${this.#mostLoad.toFixed(1)} processes wanted each core`;
    return [
      `[I5] shown again after ${seconds(this.slowestMs)} s, not within ${seconds(statedMs)} s (${load})`,
    ];
  }

  /** For the table's notes. @param statedMs null: nothing is promised */
  told(statedMs: number | null): string {
    const ascending = [...this.#ms].sort((a, b) => a - b);
    const median = seconds(ascending[Math.floor(ascending.length / 2)] ?? 0);
    const promised = statedMs === null ? "" : ` (promised: ${statedMs / 1_000} s)`;
    return `everything was shown again ${seconds(this.slowestMs)} s after it was over at the latest${promised}, mostly ${median} s`;
  }
}

/** Those that want a core or have one, as the system counts them over the last minute. */
function processesPerCore(): number {
  const [load = 0] = loadavg();
  return load / availableParallelism();
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
