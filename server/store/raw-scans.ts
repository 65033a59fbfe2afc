import type Database from "libsql";
import { Statement } from "./bind.ts";
import { asBuffer } from "./bytes.ts";

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
  CREATE TABLE IF NOT EXISTS raw_part (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
`;

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
  readonly #dropLogs: Statement;

  constructor(database: Database.Database) {
    database.exec(SCHEMA);
    const sql = <Row extends readonly (number | Buffer)[] = []>(text: string) =>
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
    this.#dropLogs = sql("DELETE FROM raw_log WHERE key IS NULL");
  }

  /** Keeps one file. A content that the log has already is left as it is. */
  put(logKey: string, sha256: string, bytes: Uint8Array): void {
    const log = this.#logId.first(logKey)?.[0] ?? this.#addLog.run(logKey).lastInsertRowid;
    const added = this.#addScan.run(log, sha256, bytes.length);
    if (added.changes === 0) return;
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

  /** Removes some forgotten files. @returns whether there are more */
  sweep(): boolean {
    const orphans = this.#orphans.all();
    for (const [id] of orphans) {
      this.#dropParts.run(...partRange(id));
      this.#dropScan.run(id);
    }
    if (orphans.length === SWEEP_SCANS) return true;
    this.#dropLogs.run();
    return false;
  }
}

function partRange(scan: number): [first: number, last: number] {
  return [scan * PARTS_PER_SCAN, (scan + 1) * PARTS_PER_SCAN - 1];
}
