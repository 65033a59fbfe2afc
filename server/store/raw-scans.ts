import type Database from "libsql";
import { Statement } from "./bind.ts";
import { asBuffer } from "./bytes.ts";
import type { RawBudget } from "./raw-budget.ts";

/** A BLOB is one chain of pages; parts keep reading and writing a large file from walking a very long one. */
export const RAW_PART_BYTES = 256 * 1024;
/** Part k of scan s is row s × 65536 + k: written in order, found by range, no second index. 16 GiB a scan. */
const PARTS_PER_SCAN = 65_536;
/** Scans that one sweep removes: about 40 MB of typical files, a few milliseconds. */
const SWEEP_SCANS = 64;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS raw_log (id INTEGER PRIMARY KEY, key TEXT UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS raw_scan (
    id INTEGER PRIMARY KEY, log INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    UNIQUE (log, sha256)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS raw_scan_age ON raw_scan (log);
  CREATE TABLE IF NOT EXISTS raw_part (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS raw_use (log INTEGER PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;
  INSERT INTO raw_use SELECT log, sum(size) FROM raw_scan WHERE log NOT IN (SELECT log FROM raw_use) GROUP BY log;
`;

type Aged = [id: number, log: number, size: number];

/**
 * The files themselves, as BLOB rows of the hub's own SQLite file, found by log and content: A → B → A keeps
 * two. Logs never share a row, so removing one user's log cannot touch another's files. Every method that
 * writes belongs inside the caller's transaction.
 */
export class RawScans {
  readonly #logId: Statement<[id: number]>;
  readonly #addLog: Statement;
  readonly #addScan: Statement;
  readonly #addPart: Statement;
  readonly #scan: Statement<[id: number, size: number]>;
  readonly #parts: Statement<[bytes: Buffer]>;
  readonly #orphanLog: Statement;
  readonly #orphans: Statement<[id: number]>;
  readonly #dropParts: Statement;
  readonly #dropScan: Statement;
  readonly #dropUse: Statement;
  readonly #dropLogs: Statement;
  readonly #addUse: Statement;
  readonly #use: Statement<[log: number, key: string, bytes: number]>;
  readonly #oldest: Statement<Aged>;
  readonly #oldestOfLog: Statement<Aged>;
  readonly #budget: RawBudget;
  /** Bytes taken since the budgets were looked at. */
  #unchecked = 0;

  constructor(database: Database.Database, budget: RawBudget) {
    this.#budget = budget;
    database.exec(SCHEMA);
    const sql = <Row extends readonly (number | string | Buffer)[] = []>(text: string) =>
      new Statement<Row>(database, text);
    this.#logId = sql("SELECT id FROM raw_log WHERE key = ?");
    this.#addLog = sql("INSERT INTO raw_log (key) VALUES (?)");
    this.#addScan = sql("INSERT INTO raw_scan (log, sha256, size) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
    this.#addPart = sql("INSERT INTO raw_part (id, bytes) VALUES (?, ?)");
    this.#scan = sql(
      "SELECT s.id, s.size FROM raw_scan s JOIN raw_log l ON l.id = s.log WHERE l.key = ? AND s.sha256 = ?",
    );
    this.#parts = sql("SELECT bytes FROM raw_part WHERE id BETWEEN ? AND ? ORDER BY id");
    this.#orphanLog = sql("UPDATE raw_log SET key = NULL WHERE key = ?");
    this.#orphans = sql(
      `SELECT s.id FROM raw_log l JOIN raw_scan s ON s.log = l.id WHERE l.key IS NULL LIMIT ${SWEEP_SCANS}`,
    );
    this.#dropParts = sql("DELETE FROM raw_part WHERE id BETWEEN ? AND ?");
    this.#dropScan = sql("DELETE FROM raw_scan WHERE id = ?");
    this.#dropUse = sql("DELETE FROM raw_use WHERE log IN (SELECT id FROM raw_log WHERE key IS NULL)");
    this.#dropLogs = sql("DELETE FROM raw_log WHERE key IS NULL");
    this.#addUse = sql(
      "INSERT INTO raw_use VALUES (?, ?) ON CONFLICT (log) DO UPDATE SET bytes = bytes + excluded.bytes",
    );
    this.#use = sql(
      "SELECT l.id, l.key, u.bytes FROM raw_log l JOIN raw_use u ON u.log = l.id WHERE l.key IS NOT NULL",
    );
    this.#oldest = sql(`SELECT id, log, size FROM raw_scan ORDER BY id LIMIT ${SWEEP_SCANS}`);
    // The index of the logs has its rows in the order of their ids.
    this.#oldestOfLog = sql(
      `SELECT id, log, size FROM raw_scan WHERE log = ? ORDER BY id LIMIT ${SWEEP_SCANS}`,
    );
  }

  /** Keeps one file. A content that the log has already is left as it is. */
  put(logKey: string, sha256: string, bytes: Uint8Array): void {
    const log = this.#logId.first(logKey)?.[0] ?? this.#addLog.run(logKey).lastInsertRowid;
    const added = this.#addScan.run(log, sha256, bytes.length);
    if (added.changes === 0) return;
    this.#addUse.run(log, bytes.length);
    this.#unchecked += bytes.length;
    const [first] = partRange(added.lastInsertRowid);
    for (let part = 0; part * RAW_PART_BYTES < bytes.length; part += 1) {
      const from = part * RAW_PART_BYTES;
      this.#addPart.run(first + part, asBuffer(bytes.subarray(from, from + RAW_PART_BYTES)));
    }
  }

  /** The file in memory of its own, or null when it is not kept. */
  get(logKey: string, sha256: string): Uint8Array | null {
    const scan = this.#scan.first(logKey, sha256);
    if (scan === undefined) return null;
    const [id, size] = scan;
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const [part] of this.#parts.all(...partRange(id))) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** Makes all files of a log unfindable at once; `sweep` gives their space back. */
  forget(logKey: string): void {
    this.#orphanLog.run(logKey);
  }

  /** True after so many new files that the budgets should be looked at again: `shrink`. */
  get unchecked(): boolean {
    return this.#unchecked >= this.#budget.checkBytes;
  }

  /** Removes some forgotten files. @returns whether there are more */
  sweep(): boolean {
    const orphans = this.#orphans.all();
    for (const [id] of orphans) this.#drop(id);
    if (orphans.length === SWEEP_SCANS) return true;
    this.#dropUse.run();
    this.#dropLogs.run();
    return false;
  }

  /** Removes some of the oldest files of whoever is over a budget. @returns whether there is more to do */
  shrink(): boolean {
    this.#unchecked = 0;
    const excess = this.#budget.excess(this.#use.all().map(([log, key, bytes]) => ({ log, key, bytes })));
    if (excess === null) return false;
    const oldest = this.#oldestOf(excess.logs);
    let over = excess.bytes;
    for (const [id, log, size] of oldest) {
      if (over <= 0) break;
      this.#drop(id);
      this.#addUse.run(log, -size);
      over -= size;
    }
    return oldest.length > 0;
  }

  #oldestOf(logs: readonly number[] | "all"): Aged[] {
    if (logs === "all") return this.#oldest.all();
    const scans = logs.flatMap((log) => this.#oldestOfLog.all(log));
    return scans.sort(([a], [b]) => a - b).slice(0, SWEEP_SCANS);
  }

  #drop(id: number): void {
    this.#dropParts.run(...partRange(id));
    this.#dropScan.run(id);
  }
}

function partRange(scan: number): [first: number, last: number] {
  return [scan * PARTS_PER_SCAN, (scan + 1) * PARTS_PER_SCAN - 1];
}
