import type Database from "libsql";
import { Statement } from "./bind.ts";
import { asArray, asBuffer } from "./bytes.ts";
import type { PreparedPage } from "./port.ts";

/** Pages that one sweep removes: about 2 MB. */
const SWEEP_PAGES = 16;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS prepared_log (id INTEGER PRIMARY KEY, key TEXT UNIQUE, epoch TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS prepared_page (
    id INTEGER PRIMARY KEY, log INTEGER NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL,
    bytes BLOB NOT NULL, UNIQUE (log, number, version)
  ) STRICT;
`;

/**
 * Prepared pages as BLOB rows of the hub's own SQLite file: one row read instead of hundreds. `prepared_log.key` is
 * NULL while the pages of a deleted log, or of an epoch that is over, still wait to be swept away. Every method
 * that writes belongs inside the caller's transaction.
 */
export class PreparedPages {
  readonly #log: Statement<[id: number, epoch: string]>;
  readonly #addLog: Statement;
  readonly #orphanLog: Statement;
  readonly #page: Statement<[bytes: Buffer]>;
  readonly #addPage: Statement;
  readonly #dropOlder: Statement;
  readonly #versions: Statement<[version: number]>;
  readonly #dropVersion: Statement;
  readonly #orphans: Statement<[id: number]>;
  readonly #dropPage: Statement;
  readonly #dropLogs: Statement;

  constructor(database: Database.Database) {
    database.exec(SCHEMA);
    const sql = <Row extends readonly (number | string | Buffer)[] = []>(text: string) =>
      new Statement<Row>(database, text);
    this.#log = sql("SELECT id, epoch FROM prepared_log WHERE key = ?");
    this.#addLog = sql("INSERT INTO prepared_log (key, epoch) VALUES (?, ?)");
    this.#orphanLog = sql("UPDATE prepared_log SET key = NULL WHERE key = ?");
    this.#page = sql(
      `SELECT p.bytes FROM prepared_log l JOIN prepared_page p ON p.log = l.id
       WHERE l.key = ? AND l.epoch = ? AND p.number = ? AND p.version = ?`,
    );
    this.#addPage = sql(
      `INSERT INTO prepared_page (log, number, version, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT (log, number, version) DO UPDATE SET bytes = excluded.bytes`,
    );
    this.#dropOlder = sql("DELETE FROM prepared_page WHERE log = ? AND number = ? AND version < ?");
    this.#versions = sql("SELECT DISTINCT version FROM prepared_page WHERE log = ?");
    this.#dropVersion = sql("DELETE FROM prepared_page WHERE log = ? AND version = ?");
    this.#orphans = sql(
      `SELECT p.id FROM prepared_log l JOIN prepared_page p ON p.log = l.id
       WHERE l.key IS NULL LIMIT ${SWEEP_PAGES}`,
    );
    this.#dropPage = sql("DELETE FROM prepared_page WHERE id = ?");
    this.#dropLogs = sql("DELETE FROM prepared_log WHERE key IS NULL");
  }

  put(key: string, { epoch, version, number }: PreparedPage, bytes: Uint8Array): void {
    const log = this.#logOf(key, epoch);
    this.#addPage.run(log, number, version, asBuffer(bytes));
    // The version before may still be read; those before it are over.
    this.#dropOlder.run(log, number, version - 1);
  }

  get(key: string, { epoch, version, number }: PreparedPage): Uint8Array | null {
    const page = this.#page.first(key, epoch, number, version);
    // libsql gives every BLOB memory of its own; a page is large, so it is not copied once more.
    return page === undefined ? null : asArray(page[0]);
  }

  /** Removes the pages of all versions but these. */
  keepVersions(key: string, versions: readonly number[]): void {
    const log = this.#log.first(key)?.[0];
    if (log === undefined) return;
    for (const [version] of this.#versions.all(log))
      if (!versions.includes(version)) this.#dropVersion.run(log, version);
  }

  /** Makes all pages of a log unfindable at once; `sweep` gives their space back. */
  forget(key: string): void {
    this.#orphanLog.run(key);
  }

  /** Removes some forgotten pages. @returns whether there are more */
  sweep(): boolean {
    const orphans = this.#orphans.all();
    for (const [id] of orphans) this.#dropPage.run(id);
    if (orphans.length === SWEEP_PAGES) return true;
    this.#dropLogs.run();
    return false;
  }

  #logOf(key: string, epoch: string): number {
    const known = this.#log.first(key);
    if (known?.[1] === epoch) return known[0];
    if (known !== undefined) this.forget(key);
    return this.#addLog.run(key, epoch).lastInsertRowid;
  }
}
