import type { Store } from "./port.ts";
import { DEFAULT_RAW_BUDGET_MB, RawBudget } from "./raw-budget.ts";
import { openRedisStore } from "./redis.ts";
import { openSqliteStore } from "./sqlite.ts";

/** A store, and what its operator should know: in words, one fact each; empty when all is well. */
export interface OpenedStore extends Store {
  readonly warnings: readonly string[];
}

/**
 * Opens the store that the configuration names: Redis for many hubs, else one SQLite file for one hub. The raw
 * scans are in `dataDir` in both cases.
 * @throws Error in words for an operator
 */
export function openStore(options: {
  redisUrl: string | undefined;
  dataDir: string;
  /** Room for raw scans on this hub, in MiB; 20 GiB when absent. */
  rawBudgetMb?: number;
  newId(): string;
}): Promise<OpenedStore> {
  const { redisUrl, dataDir, newId, rawBudgetMb = DEFAULT_RAW_BUDGET_MB } = options;
  const rawBudget = new RawBudget(rawBudgetMb);
  if (redisUrl === undefined) return openSqliteStore({ directory: dataDir, rawBudget, newId });
  return openRedisStore({ url: redisUrl, directory: dataDir, rawBudget, newId });
}
