import Database from "libsql";
import { StoreFull, StoreUnavailable } from "./port.ts";

/** What an operator should read, per family of SQLite result codes that mean "not now" and never "your mistake". */
const REASONS: readonly (readonly [prefix: string, reason: string])[] = [
  ["SQLITE_FULL", "the disk is full"],
  ["SQLITE_READONLY", "the data directory is read-only"],
  ["SQLITE_IOERR", "reading or writing the disk failed"],
  ["SQLITE_CANTOPEN", "a database file cannot be opened"],
  ["SQLITE_BUSY", "another program holds the database"],
  ["SQLITE_LOCKED", "another program holds the database"],
  ["SQLITE_NOMEM", "memory ran out"],
  ["SQLITE_CORRUPT", "the database file is damaged; restore a backup"],
  ["SQLITE_NOTADB", "the database file is damaged; restore a backup"],
];

const PROBE_INTERVAL_MS = 1000;
/** As much as a large scan: a disk with room for a heartbeat alone is still full. */
const PROBE_BYTES = 1024 * 1024;

/**
 * Whether the database takes writes. After a refused write it tries again by itself, because a hub that
 * reports "not ready" may get no write that could show that the disk has room again.
 */
export class SqliteHealth {
  readonly #database: Database.Database;
  readonly #path: string;
  #problem: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(database: Database.Database, path: string) {
    this.#database = database;
    this.#path = path;
    database.exec("CREATE TABLE IF NOT EXISTS probe (bytes BLOB) STRICT");
  }

  problem(): string | null {
    return this.#problem;
  }

  /** StoreUnavailable for a disk that does not take or give data; any other error (a bug) as it is. */
  explain(error: unknown): unknown {
    if (!(error instanceof Database.SqliteError)) return error;
    const reason = REASONS.find(([prefix]) => error.code.startsWith(prefix))?.[1];
    if (reason === undefined) return error;
    this.#problem = `${this.#path}: ${reason} (${error.code})`;
    this.#timer ??= setInterval(() => this.#probe(), PROBE_INTERVAL_MS).unref();
    const Refusal = error.code.startsWith("SQLITE_FULL") ? StoreFull : StoreUnavailable;
    return new Refusal(this.#problem, { cause: error });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #probe(): void {
    try {
      this.#database.exec(`DELETE FROM probe; INSERT INTO probe VALUES (zeroblob(${PROBE_BYTES}))`);
      this.#database.exec("DELETE FROM probe");
    } catch (error) {
      this.explain(error);
      return;
    }
    this.#problem = null;
    this.stop();
  }
}
