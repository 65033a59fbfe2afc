import { closeSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { Statement } from "./bind.ts";

/** What a copy of the embedded store holds, as read from the copy itself. */
export interface CopyFacts {
  readonly store_id: string;
  readonly logs: number;
  readonly files: number;
}

/**
 * Writes a whole copy of a database that another process may be writing to: all that was committed when it began,
 * nothing later. Blocks for as long as it takes, so it belongs in a process of its own.
 *
 * @param target must not exist
 */
export function copyDatabase(source: string, target: string): void {
  const database = new Database(source, { readonly: true, timeout: 10_000 });
  try {
    database.exec(`VACUUM INTO '${target.replaceAll("'", "''")}'`);
  } finally {
    database.close();
  }
  flushToDisk(target);
}

/** Opens a copy and reads all of it. @throws Error saying what is wrong with it */
export function checkCopy(path: string): CopyFacts {
  const database = openCopy(path);
  try {
    const [found] = new Statement<[string]>(database, "PRAGMA integrity_check(1)").first() ?? ["nothing"];
    if (found !== "ok") throw new Error(`it is damaged: ${found}`);
    const [store_id] =
      new Statement<[string]>(database, "SELECT value FROM meta WHERE key = 'store_id'").first() ?? [];
    if (store_id === undefined) throw new Error("it has no store_id");
    const [logs, files] = new Statement<[number, number]>(
      database,
      "SELECT count(*), coalesce(sum(head), 0) FROM file_log WHERE key IS NOT NULL",
    ).first() ?? [0, 0];
    return { store_id, logs, files };
  } catch (error) {
    throw new Error(`${path} is not a whole Benchcast database: ${String(error)}`, { cause: error });
  } finally {
    database.close();
  }
}

/**
 * Makes a copy another store: what came after it was made is lost to it, so its id and the epochs of its logs must
 * never be taken for those of the original.
 */
export function renewIdentity(path: string, newId: () => string): void {
  const database = new Database(path);
  try {
    database.exec("BEGIN IMMEDIATE");
    new Statement(database, "UPDATE meta SET value = ? WHERE key = 'store_id'").run(newId());
    const logs = new Statement<[number]>(database, "SELECT id FROM file_log").all();
    const renew = new Statement(database, "UPDATE file_log SET epoch = ? WHERE id = ?");
    for (const [id] of logs) renew.run(newId(), id);
    // Prepared pages belong to the epochs that are over.
    database.exec("UPDATE prepared_log SET key = NULL");
    database.exec("COMMIT");
  } finally {
    database.close();
  }
  flushToDisk(path);
}

/** A file, and its name in its folder, are where a power cut leaves them. */
export function flushToDisk(path: string): void {
  for (const place of [path, dirname(path)]) {
    const descriptor = openSync(place, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

function openCopy(path: string): Database.Database {
  try {
    return new Database(path, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw new Error(`${path} cannot be opened: ${String(error)}`, { cause: error });
  }
}
