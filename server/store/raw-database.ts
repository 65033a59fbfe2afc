import { join } from "node:path";
import type Database from "libsql";
import { weightOf } from "./arguments.ts";
import { Checkpoints } from "./checkpoints.ts";
import { type DirectoryLock, lockDirectory } from "./directory-lock.ts";
import { GroupCommit } from "./group-commit.ts";
import { type AppendItem, type PreparedPage, StoreUnavailable } from "./port.ts";
import { PreparedPages } from "./prepared-pages.ts";
import type { RawBudget } from "./raw-budget.ts";
import { RawScans } from "./raw-scans.ts";
import { SqliteHealth } from "./sqlite-health.ts";
import { closeDatabase, makeDirectory, openDatabase } from "./sqlite-schema.ts";
import { Sweeper } from "./sweeper.ts";

export const RAW_DATABASE_FILE = "raw.db";

/**
 * What a hub keeps on its own disk where the logs themselves are in Redis: the raw scans that it received, and the
 * pages that it prepared.
 */
export class RawDatabase {
  readonly #database: Database.Database;
  readonly #lock: DirectoryLock;
  readonly #health: SqliteHealth;
  readonly #checkpoints: Checkpoints;
  readonly #commits: GroupCommit;
  #closed: Promise<void> | null = null;
  readonly #scans: RawScans;
  readonly #pages: PreparedPages;
  readonly #sweeper: Sweeper;

  /** @throws Error when another hub uses the directory, or the file cannot be opened */
  static open(directory: string, budget: RawBudget): RawDatabase {
    makeDirectory(directory);
    const lock = lockDirectory(directory);
    try {
      return new RawDatabase(openDatabase(directory, RAW_DATABASE_FILE), lock, directory, budget);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(
    database: Database.Database,
    lock: DirectoryLock,
    directory: string,
    budget: RawBudget,
  ) {
    this.#database = database;
    this.#lock = lock;
    this.#scans = new RawScans(database, budget);
    this.#pages = new PreparedPages(database);
    this.#health = new SqliteHealth(database, directory);
    this.#checkpoints = new Checkpoints(database, join(directory, RAW_DATABASE_FILE));
    this.#commits = new GroupCommit(database, this.#health, this.#checkpoints);
    this.#sweeper = new Sweeper(
      this.#commits,
      () => this.#scans.sweep() || this.#pages.sweep() || this.#scans.shrink(),
    );
    this.#sweeper.start();
  }

  /** Resolves when the files of all items are on disk; in turn also for items without one, so order is kept. */
  async keep(logKey: string, items: readonly AppendItem[]): Promise<void> {
    await this.#commits.run(weightOf(items), () => {
      for (const { sha256, raw } of items) if (raw !== null) this.#scans.put(logKey, sha256, raw);
    });
    if (this.#scans.unchecked) this.#sweeper.start();
  }

  async get(logKey: string, sha256: string): Promise<Uint8Array | null> {
    return this.#read(() => this.#scans.get(logKey, sha256));
  }

  async keepPage(logKey: string, page: PreparedPage, bytes: Uint8Array): Promise<void> {
    await this.#commits.run(bytes.length, () => this.#pages.put(logKey, page, bytes));
  }

  async getPage(logKey: string, page: PreparedPage): Promise<Uint8Array | null> {
    return this.#read(() => this.#pages.get(logKey, page));
  }

  async keepVersions(logKey: string, versions: readonly number[]): Promise<void> {
    await this.#commits.run(0, () => this.#pages.keepVersions(logKey, versions));
  }

  /** Forgets what it has of these logs. */
  async forget(logKeys: readonly string[]): Promise<void> {
    await this.#commits.run(0, () => {
      for (const key of logKeys) {
        this.#scans.forget(key);
        this.#pages.forget(key);
      }
    });
    this.#sweeper.start();
  }

  problem(): string | null {
    return this.#health.problem();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#sweeper.stop();
    this.#commits.close();
    this.#health.stop();
    await this.#checkpoints.close();
    closeDatabase(this.#database);
    this.#lock.release();
  }

  #read<Result>(query: () => Result): Result {
    if (!this.#database.open) throw new StoreUnavailable("the store is closed");
    try {
      return query();
    } catch (error) {
      throw this.#health.explain(error);
    }
  }
}
