import type Database from "libsql";
import { weightOf } from "./arguments.ts";
import { type DirectoryLock, lockDirectory } from "./directory-lock.ts";
import { GroupCommit } from "./group-commit.ts";
import { type AppendItem, StoreUnavailable } from "./port.ts";
import { RawScans } from "./raw-scans.ts";
import { SqliteHealth } from "./sqlite-health.ts";
import { closeDatabase, makeDirectory, openDatabase } from "./sqlite-schema.ts";
import { Sweeper } from "./sweeper.ts";

export const RAW_DATABASE_FILE = "raw.db";

/** The raw scans that this hub received, in a file of their own, where the logs themselves are in Redis. */
export class RawDatabase {
  readonly #database: Database.Database;
  readonly #lock: DirectoryLock;
  readonly #health: SqliteHealth;
  readonly #commits: GroupCommit;
  readonly #scans: RawScans;
  readonly #sweeper: Sweeper;

  /** @throws Error when another hub uses the directory, or the file cannot be opened */
  static open(directory: string): RawDatabase {
    makeDirectory(directory);
    const lock = lockDirectory(directory);
    try {
      return new RawDatabase(openDatabase(directory, RAW_DATABASE_FILE), lock, directory);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(database: Database.Database, lock: DirectoryLock, directory: string) {
    this.#database = database;
    this.#lock = lock;
    this.#scans = new RawScans(database);
    this.#health = new SqliteHealth(database, directory);
    this.#commits = new GroupCommit(database, this.#health);
    this.#sweeper = new Sweeper(this.#commits, () => this.#scans.sweep());
    this.#sweeper.start();
  }

  /** Resolves when the files of all items are on disk; in turn also for items without one, so order is kept. */
  keep(logKey: string, items: readonly AppendItem[]): Promise<void> {
    return this.#commits.run(weightOf(items), () => {
      for (const { sha256, raw } of items) if (raw !== null) this.#scans.put(logKey, sha256, raw);
    });
  }

  async get(logKey: string, sha256: string): Promise<Uint8Array | null> {
    if (!this.#database.open) throw new StoreUnavailable("the store is closed");
    try {
      return this.#scans.get(logKey, sha256);
    } catch (error) {
      throw this.#health.explain(error);
    }
  }

  /** Forgets what it has of these logs. */
  async forget(logKeys: readonly string[]): Promise<void> {
    await this.#commits.run(0, () => {
      for (const key of logKeys) this.#scans.forget(key);
    });
    this.#sweeper.start();
  }

  problem(): string | null {
    return this.#health.problem();
  }

  close(): void {
    if (!this.#database.open) return;
    this.#sweeper.stop();
    this.#commits.close();
    this.#health.stop();
    closeDatabase(this.#database);
    this.#lock.release();
  }
}
