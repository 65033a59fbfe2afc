import { Counter, Histogram, type Registry } from "prom-client";
import type { Store } from "../store/port.ts";

const STORE_BUCKETS_S = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** What the store does, apart from what it answers from memory. The type demands a line for every new method. */
const OPERATIONS: Readonly<Record<Exclude<keyof Store, "problem" | "close">, true>> = {
  storeId: true,
  getRecord: true,
  getRecords: true,
  listRecords: true,
  compareAndSet: true,
  createLog: true,
  rotateEpoch: true,
  deleteLog: true,
  append: true,
  putResults: true,
  keepVersions: true,
  readLog: true,
  heads: true,
  latestOf: true,
  readRaw: true,
  keepPrepared: true,
  readPrepared: true,
};

/** How long the store takes, by operation. */
export class StoreTiming {
  readonly #seconds: Histogram<"operation">;
  readonly #failures: Counter<"operation">;

  constructor(registry: Registry) {
    this.#seconds = new Histogram({
      name: "benchcast_store_operation_seconds",
      help: "Time until the store answered, by operation; an append includes its flush to disk.",
      labelNames: ["operation"],
      buckets: STORE_BUCKETS_S,
      registers: [registry],
    });
    this.#failures = new Counter({
      name: "benchcast_store_failures_total",
      help: "Operations that the store refused or did not answer, by operation.",
      labelNames: ["operation"],
      registers: [registry],
    });
    for (const operation of Object.keys(OPERATIONS)) this.#failures.inc({ operation }, 0);
  }

  /** The same store, each of its operations timed. */
  wrap(store: Store): Store {
    const timed = Object.keys(OPERATIONS).map((name) => {
      const operation = name as keyof typeof OPERATIONS; // its own keys
      const timing = this.#seconds.labels({ operation: name });
      const call = async (...given: unknown[]) => {
        const from = performance.now();
        try {
          // What comes and goes is what the port says: the caller sees this function through its type.
          return await (store[operation] as (...given: unknown[]) => Promise<unknown>)(...given);
        } catch (error) {
          this.#failures.inc({ operation: name });
          throw error;
        } finally {
          timing.observe((performance.now() - from) / 1_000);
        }
      };
      return [name, call] as const;
    });
    const untimed = { problem: () => store.problem(), close: () => store.close() };
    // Every operation of the port has its line in OPERATIONS, and so its function here.
    return { ...Object.fromEntries(timed), ...untimed } as Store;
  }
}
