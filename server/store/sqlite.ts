import { join } from "node:path";
import type Database from "libsql";
import {
  assertChanges,
  assertCount,
  assertFences,
  assertItems,
  assertPrepared,
  assertResults,
  assertStorableText,
  weightOf,
} from "./arguments.ts";
import { Statement } from "./bind.ts";
import { Checkpoints } from "./checkpoints.ts";
import { type DirectoryLock, lockDirectory } from "./directory-lock.ts";
import { GroupCommit } from "./group-commit.ts";
import type { OpenedStore } from "./open-store.ts";
import {
  type AppendItem,
  type AppendReply,
  type Fences,
  type LogKey,
  type PreparedPage,
  type RecordChange,
  type ResultBatch,
  type ResultsReply,
  StoreUnavailable,
} from "./port.ts";
import { PreparedPages } from "./prepared-pages.ts";
import { DEFAULT_RAW_BUDGET_MB, RawBudget } from "./raw-budget.ts";
import { RawScans } from "./raw-scans.ts";
import { SqliteHealth } from "./sqlite-health.ts";
import { SqliteLog } from "./sqlite-log.ts";
import { SqliteRecords } from "./sqlite-records.ts";
import { closeDatabase, LOG_SCHEMA, makeDirectory, openDatabase } from "./sqlite-schema.ts";
import { Sweeper } from "./sweeper.ts";

export const DATABASE_FILE = "benchcast.db";
/** A record change writes about this much; only its order of magnitude matters. */
const RECORD_BYTES = 1024;

interface SqliteStoreOptions {
  readonly directory: string;
  readonly rawBudget?: RawBudget;
  newId(): string;
}

/**
 * Opens the embedded store of one hub: `benchcast.db` in `directory`, which is made when missing. Nothing is
 * lost at a power cut once a promise has resolved.
 * @throws Error when another hub uses the directory, or the file cannot be opened
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<OpenedStore> {
  makeDirectory(options.directory);
  const lock = lockDirectory(options.directory);
  try {
    return new SqliteStore(openDatabase(options.directory, DATABASE_FILE), lock, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

class SqliteStore implements OpenedStore {
  readonly warnings: readonly string[] = [];
  readonly #database: Database.Database;
  readonly #lock: DirectoryLock;
  readonly #health: SqliteHealth;
  readonly #checkpoints: Checkpoints;
  readonly #commits: GroupCommit;
  #closed: Promise<void> | null = null;
  readonly #records: SqliteRecords;
  readonly #log: SqliteLog;
  readonly #raw: RawScans;
  readonly #prepared: PreparedPages;
  readonly #sweeper: Sweeper;
  readonly #storeId: Statement<[value: string]>;

  constructor(database: Database.Database, lock: DirectoryLock, options: SqliteStoreOptions) {
    this.#database = database;
    this.#lock = lock;
    database.exec(LOG_SCHEMA);
    const raw = new RawScans(database, options.rawBudget ?? new RawBudget(DEFAULT_RAW_BUDGET_MB));
    const prepared = new PreparedPages(database);
    this.#raw = raw;
    this.#prepared = prepared;
    this.#health = new SqliteHealth(database, options.directory);
    this.#checkpoints = new Checkpoints(database, join(options.directory, DATABASE_FILE));
    this.#commits = new GroupCommit(database, this.#health, this.#checkpoints);
    this.#records = new SqliteRecords(database);
    this.#log = new SqliteLog(database, raw);
    this.#sweeper = new Sweeper(
      this.#commits,
      () => this.#log.sweep() || raw.sweep() || prepared.sweep() || raw.shrink(),
    );
    this.#storeId = new Statement(database, "SELECT value FROM meta WHERE key = 'store_id'");
    new Statement(database, "INSERT INTO meta VALUES ('store_id', ?) ON CONFLICT DO NOTHING").run(
      options.newId(),
    );
    this.#sweeper.start();
  }

  async storeId(): Promise<string> {
    return this.#read(() => this.#storeId.first()?.[0] ?? "");
  }

  async getRecord(collection: string, key: string): Promise<string | null> {
    return this.#read(() => this.#records.get(collection, key));
  }

  async getRecords(collection: string, keys: readonly string[]): Promise<readonly (string | null)[]> {
    return this.#read(() => keys.map((key) => this.#records.get(collection, key)));
  }

  async listRecords(collection: string): Promise<ReadonlyMap<string, string>> {
    return this.#read(() => this.#records.list(collection));
  }

  async compareAndSet(changes: readonly RecordChange[]): Promise<boolean> {
    assertChanges(changes);
    return this.#commits.run(RECORD_BYTES * changes.length, () => this.#records.compareAndSet(changes));
  }

  async createLog(key: LogKey, epoch: string): Promise<void> {
    assertStorableText(key);
    assertStorableText(epoch);
    return this.#commits.run(RECORD_BYTES, () => this.#log.create(key, epoch));
  }

  async rotateEpoch(key: LogKey, expected: string, next: string): Promise<boolean> {
    for (const text of [key, expected, next]) assertStorableText(text);
    return this.#commits.run(RECORD_BYTES, () => this.#log.rotate(key, expected, next));
  }

  async deleteLog(key: LogKey): Promise<void> {
    assertStorableText(key);
    await this.#commits.run(RECORD_BYTES, () => {
      this.#log.remove(key);
      this.#prepared.forget(key);
    });
    this.#sweeper.start();
  }

  async append(key: LogKey, fences: Fences, items: readonly AppendItem[]): Promise<AppendReply> {
    assertStorableText(key);
    const needed = assertFences(fences);
    assertItems(items);
    const reply = await this.#commits.run(weightOf(items), (): AppendReply => {
      const log = this.#log.find(key);
      if (log === null) return { kind: "no-log" };
      const fallen = needed.findIndex((fence) => !this.#records.holds(fence));
      if (fallen !== -1) return { kind: "fenced", fence: fallen };
      const outcomes = this.#log.append(key, log, items);
      if (outcomes.some(({ kind }) => kind === "stored")) this.#records.moveOn(needed);
      return { kind: "done", epoch: log.epoch, outcomes };
    });
    if (this.#raw.unchecked) this.#sweeper.start();
    return reply;
  }

  async putResults(key: LogKey, fences: Fences, batch: ResultBatch): Promise<ResultsReply> {
    assertStorableText(key);
    const needed = assertFences(fences);
    assertResults(batch);
    const weight = batch.results.reduce((sum, { body }) => sum + body.length, 0);
    return this.#commits.run(weight, () => {
      const log = this.#log.find(key);
      if (log === null) return "no-log";
      if (needed.some((fence) => !this.#records.holds(fence))) return "fenced";
      if (log.epoch !== batch.epoch) return "other-epoch";
      this.#log.putResults(log, batch);
      return "done";
    });
  }

  async keepVersions(key: LogKey, versions: readonly number[]): Promise<void> {
    assertStorableText(key);
    for (const version of versions) assertCount("version", version);
    for (let from = 0; ; ) {
      // A transaction each, so that live files have their turn in between.
      const next = await this.#commits.run(RECORD_BYTES, () => this.#log.keepVersions(key, versions, from));
      if (next === null) break;
      from = next;
    }
    await this.#commits.run(RECORD_BYTES, () => this.#prepared.keepVersions(key, versions));
  }

  async readLog(key: LogKey, range: { since: number; limit: number; version: number }) {
    for (const [what, value] of Object.entries(range)) assertCount(what, value);
    return this.#read(() => this.#log.read(key, range));
  }

  async heads(keys: readonly LogKey[]) {
    return this.#read(() =>
      keys.map((key) => {
        const log = this.#log.find(key);
        return log === null ? null : { epoch: log.epoch, head: log.head };
      }),
    );
  }

  async latestOf(key: LogKey, names: readonly string[]) {
    return this.#read(() => {
      const log = this.#log.find(key);
      return names.map((name) => (log === null ? null : this.#log.latestOf(log, name)));
    });
  }

  async readRaw(key: LogKey, offset: number): Promise<Uint8Array | null> {
    assertCount("offset", offset);
    return this.#read(() => this.#log.readRaw(key, offset));
  }

  async keepPrepared(key: LogKey, page: PreparedPage, bytes: Uint8Array): Promise<void> {
    assertPrepared(key, page);
    await this.#commits.run(bytes.length, () => {
      if (this.#log.find(key)?.epoch === page.epoch) this.#prepared.put(key, page, bytes);
    });
  }

  async readPrepared(key: LogKey, page: PreparedPage): Promise<Uint8Array | null> {
    assertPrepared(key, page);
    return this.#read(() => this.#prepared.get(key, page));
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
