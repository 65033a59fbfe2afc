import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import Database from "libsql";

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the data directory for this process. The lock is the operating system's own on `hub.lock` (an open
 * exclusive transaction on an empty SQLite file), so it ends with the process however that dies, and no stale
 * file can block the next start. Who holds it stands in `hub.pid`, a separate file: closing any descriptor of
 * `hub.lock` would drop a POSIX lock.
 * @throws Error naming the holder when another hub uses the directory, or why it cannot be locked
 */
export function lockDirectory(directory: string): DirectoryLock {
  const holderFile = join(directory, "hub.pid");
  const database = openLockFile(directory);
  try {
    database.exec("BEGIN EXCLUSIVE");
    writeFileSync(holderFile, `pid ${process.pid} on ${hostname()}\n`, { mode: 0o600 });
  } catch (error) {
    database.close();
    if (isBusy(error))
      throw new Error(`another hub (${readHolder(holderFile)}) uses ${directory}`, { cause: error });
    throw cannotLock(directory, error);
  }
  return {
    release() {
      database.exec("ROLLBACK");
      database.close();
    },
  };
}

function openLockFile(directory: string): Database.Database {
  try {
    return new Database(join(directory, "hub.lock"));
  } catch (error) {
    throw cannotLock(directory, error);
  }
}

function cannotLock(directory: string, error: unknown): Error {
  return new Error(`the data directory ${directory} cannot be locked: ${String(error)}`, { cause: error });
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "pid unknown";
  }
}
