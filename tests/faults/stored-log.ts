import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LogKey, Store } from "../../server/store/port.ts";
import type { StoredLog, StoredRow } from "./history.ts";

const PAGE = 1_000;
const CHILD = fileURLToPath(new URL("stored-log-child.ts", import.meta.url));
const MOST_JSON_BYTES = 256 * 1024 * 1024;

/** A whole log from the store itself, with what is kept of every file. @throws Error when there is no such log */
export async function readStoredLog(store: Store, key: LogKey): Promise<StoredLog> {
  const rows: StoredRow[] = [];
  for (;;) {
    const page = await store.readLog(key, { since: rows.length, limit: PAGE, version: 1 });
    if (page === null) throw new Error(`The store has no log ${key}.`);
    for (const { offset, name, sha256, revision } of page.rows) {
      const raw = await store.readRaw(key, offset);
      const rawSha256 = raw === null ? null : createHash("sha256").update(raw).digest("hex");
      rows.push({ offset, name, sha256, revision, rawSha256 });
    }
    if (rows.length >= page.head || page.rows.length === 0) return { epoch: page.epoch, rows };
  }
}

/**
 * Whole logs from an embedded store that no hub has open, read by a process that is gone afterwards: libsql lets go
 * of a file only when it collects its garbage, and until then a disk cannot be taken away.
 */
export async function readLogsApart(dataDir: string, keys: readonly LogKey[]): Promise<StoredLog[]> {
  const words = ["--import", "tsx", CHILD, dataDir, ...keys];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: MOST_JSON_BYTES });
  return JSON.parse(stdout);
}
