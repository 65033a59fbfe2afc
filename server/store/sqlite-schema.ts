import { join } from "node:path";
import Database from "libsql";
import { makeFolder } from "./make-folder.ts";

/** Raised when a table changes its meaning; a file of another version is refused, never guessed at. */
const SCHEMA_VERSION = 1;

/** Twice the default, for files of 42 KB: fewer pages each, and a checkpoint (1000 pages) half as often. */
const PAGE_BYTES = 8192;
/** A burst may grow the WAL; afterwards it gives the space back. */
const LARGEST_IDLE_WAL_BYTES = 64 * 1024 * 1024;

/** How long a write waits for another program that reads the file (a backup) before it is refused. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * `file_log.key` is NULL while a deleted log still waits for its rows to be swept away. `log_row_content`
 * ends in the name so that "newest row of another name" never touches the table.
 */
export const LOG_SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS record (
    collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS file_log (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE, epoch TEXT NOT NULL, head INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS log_row (
    log INTEGER NOT NULL, offset INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
    revision INTEGER NOT NULL, same_content_as INTEGER, entry BLOB NOT NULL, UNIQUE (log, offset)
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS log_row_name ON log_row (log, name, offset);
  CREATE INDEX IF NOT EXISTS log_row_content ON log_row (log, sha256, offset, name);
  CREATE TABLE IF NOT EXISTS log_result (
    log INTEGER NOT NULL, offset INTEGER NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,
    UNIQUE (log, offset, version)
  ) STRICT;
`;

/** Makes the data directory, readable by its owner alone. @throws Error naming the directory */
export function makeDirectory(directory: string): void {
  try {
    makeFolder(directory);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : String(error);
    throw new Error(
      `the data directory ${directory} cannot be made (${code}). Set DATA_DIR to a folder that this user may write to.`,
      { cause: error },
    );
  }
}

/**
 * Opens one database file so that a commit that returned survives a power cut.
 * @throws Error naming the file when it cannot be opened or is of another version
 */
export function openDatabase(directory: string, file: string): Database.Database {
  const path = join(directory, file);
  try {
    const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
    database.exec("PRAGMA journal_mode = WAL");
    database.exec(`PRAGMA journal_size_limit = ${LARGEST_IDLE_WAL_BYTES}`);
    database.exec("PRAGMA synchronous = FULL");
    checkVersion(database);
    return database;
  } catch (error) {
    throw new Error(`${path} cannot be opened: ${String(error)}`, { cause: error });
  }
}

/**
 * Closes with everything in the one file, so that a copy of it is whole: statements keep libsql's connection, and
 * with it the WAL, alive until they are collected.
 */
export function closeDatabase(database: Database.Database): void {
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // A full disk, say: the WAL beside the file still has it all.
  }
  database.close();
}

function checkVersion(database: Database.Database): void {
  // The pragma answers with one row of one column.
  const { user_version: version } = database.prepare("PRAGMA user_version").get([]) as {
    user_version: number;
  };
  if (version !== 0 && version !== SCHEMA_VERSION) {
    throw new Error(`it is of version ${version}, this hub writes version ${SCHEMA_VERSION}`);
  }
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}
