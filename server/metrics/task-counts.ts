import { Counter, Histogram, type Registry } from "prom-client";
import { WaitHistory } from "./wait-history.ts";

/** From at once to the better part of a day, s. */
const WAIT_BUCKETS_S = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 14_400];
/** Relative to how long the task really took from then on: 0.1 is 10 % off. */
const ETA_ERROR_BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5];

interface Foretold {
  readonly foretoldMs: number;
  readonly tookMs: number;
}

export type TaskEnd = "done" | "failed" | "cancelled";

/** Long work of this hub: how long it waited, how well its end was foretold, how it ended. */
export class TaskCounts {
  /** Waits of the tasks that were begun in each of the last 24 hours. */
  readonly waits: WaitHistory;
  readonly #wait: Histogram;
  readonly #etaError: Histogram;
  readonly #ended: Counter<"outcome">;

  constructor(registry: Registry, now: () => number) {
    const registers = [registry];
    this.waits = new WaitHistory(now);
    this.#wait = new Histogram({
      name: "benchcast_task_wait_seconds",
      help: "How long tasks stood in the queue before this hub began them.",
      buckets: WAIT_BUCKETS_S,
      registers,
    });
    this.#etaError = new Histogram({
      name: "benchcast_task_eta_error_ratio",
      help: "How far the first estimate of the end of a task or of a catch-up was off, relative to the time that it really took.",
      buckets: ETA_ERROR_BUCKETS,
      registers,
    });
    this.#ended = new Counter({
      name: "benchcast_tasks_ended_total",
      help: "Tasks that ended on this hub, by how.",
      labelNames: ["outcome"],
      registers,
    });
    for (const outcome of ["done", "failed", "cancelled"] satisfies TaskEnd[])
      this.#ended.inc({ outcome }, 0);
  }

  /** A task leaves the queue on this hub. */
  started(waitMs: number): void {
    this.#wait.observe(waitMs / 1_000);
    this.waits.add(waitMs);
  }

  /**
   * A task is over.
   *
   * @param eta its first estimate while it ran and what came of it, ms from the estimate on; null: there was none
   */
  ended(outcome: TaskEnd, eta: Foretold | null): void {
    this.#ended.inc({ outcome });
    if (eta !== null && outcome === "done") this.foretold(eta);
  }

  /** What came of the first estimate of a task or a catch-up. */
  foretold({ foretoldMs, tookMs }: Foretold): void {
    if (tookMs > 0) this.#etaError.observe(Math.abs(foretoldMs - tookMs) / tookMs);
  }
}
