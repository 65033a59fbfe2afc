import { chownSync, copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AgentRegistry } from "../sessions/agent-registry.ts";
import { lockDirectory } from "../store/directory-lock.ts";
import { DATABASE_FILE, openSqliteStore } from "../store/sqlite.ts";
import { type CopyFacts, checkCopy, flushToDisk, renewIdentity } from "../store/sqlite-copy.ts";
import { makeDirectory } from "../store/sqlite-schema.ts";

interface RestoreOrder {
  readonly file: string;
  readonly dataDir: string;
  /** Put what is there now aside; without it a folder that holds a database is left alone. */
  readonly replace: boolean;
  readonly now: () => number;
  readonly newId: () => string;
}

export interface Restored extends CopyFacts {
  /** Where the database is that was there before; null: there was none. */
  readonly aside: string | null;
}

/**
 * Puts a backup in the place of a hub's database, as another store: with its own id and epochs, so that hub, agents
 * and viewers notice that what came after it is missing, and the agents send that again.
 *
 * @throws Error in words for an operator; nothing was changed then
 */
export async function restoreBackup(order: RestoreOrder): Promise<Restored> {
  const { file, dataDir, replace, now, newId } = order;
  const facts = checkCopy(file);
  makeDirectory(dataDir);
  const lock = lockDirectory(dataDir);
  const place = join(dataDir, DATABASE_FILE);
  let aside: string | null = null;
  try {
    if (existsSync(place) && !replace)
      throw new Error(`${place} exists. Add --replace to put it aside and restore all the same.`);
    const unfinished = `${place}.restoring`;
    rmSync(unfinished, { force: true });
    copyFileSync(file, unfinished);
    renewIdentity(unfinished, newId);
    aside = putAside(place, now());
    renameSync(unfinished, place);
    flushToDisk(place);
  } finally {
    lock.release();
  }
  await endRegistrations(dataDir, now, newId);
  handToOwner(dataDir);
  return { ...facts, aside };
}

/** The write-ahead log belongs to its database and goes with it. */
function putAside(place: string, atMs: number): string | null {
  if (!existsSync(place)) return null;
  const aside = `${place}.before-${new Date(atMs).toISOString().replace(/[-:.]/g, "")}`;
  for (const ending of ["-wal", "-shm", ""])
    if (existsSync(place + ending)) renameSync(place + ending, aside + ending);
  return aside;
}

/** An operator restores as root what a hub must be able to open that is another user. */
function handToOwner(dataDir: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dataDir);
  for (const name of readdirSync(dataDir)) {
    const path = join(dataDir, name);
    if (statSync(path).uid === 0) chownSync(path, uid, gid);
  }
}

/** Agents that were connected when the backup was made are not: viewers would be told otherwise until they come. */
async function endRegistrations(dataDir: string, now: () => number, newId: () => string): Promise<void> {
  const store = await openSqliteStore({ directory: dataDir, newId });
  try {
    await new AgentRegistry({ store, hubId: "restore", newId, now }).sweep(() => true);
  } finally {
    await store.close();
  }
}
