import type { LogKey } from "./port.ts";

/** The one collection that other programs read (`redis-cli HGETALL agent_user_mapping`), under its own name. */
const PUBLIC_COLLECTION = "agent_user_mapping";

export const STORE_ID_KEY = "benchcast:store_id";
/** Sorted set: deleted logs by time (s), so that every hub forgets its raw scans of them. */
export const DELETED_LOGS_KEY = "benchcast:deleted_logs";
/** Followed by the version, `:` and the key of the log. */
export const RESULTS_PREFIX = "benchcast:log:results:";

/** The plain hash that holds one collection: key → value. */
export function collectionKey(collection: string): string {
  return collection === PUBLIC_COLLECTION ? collection : `benchcast:record:${collection}`;
}

/** Keys of one log. The part comes before the log's own key, so no log key can name a part of another log. */
export function logKeys(key: LogKey) {
  const part = (name: string) => `benchcast:log:${name}:${key}`;
  return {
    epoch: part("epoch"),
    rows: part("rows"),
    names: part("names"),
    contents: part("contents"),
    versions: part("versions"),
  };
}

export function resultsKey(key: LogKey, version: number): string {
  return `${RESULTS_PREFIX}${version}:${key}`;
}
