import {
  assertChanges,
  assertCount,
  assertFences,
  assertItems,
  assertPrepared,
  assertResults,
  assertStorableText,
} from "./arguments.ts";
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
import { DEFAULT_RAW_BUDGET_MB, RawBudget } from "./raw-budget.ts";
import { RawDatabase } from "./raw-database.ts";
import { COMMAND_TIMEOUT_MS, RedisConnection } from "./redis-connection.ts";
import { collectionKey, STORE_ID_KEY } from "./redis-keys.ts";
import { RedisLog } from "./redis-log.ts";
import { COMPARE_AND_SET, optional, STORE_ID } from "./redis-record-scripts.ts";
import { toInteger, toList, toText } from "./redis-reply.ts";
import { assertSupportedServer, checkRedisDurability } from "./redis-server-check.ts";

/** How soon the raw scans of a session that was deleted through another hub are gone from this one. */
const FORGET_INTERVAL_MS = 600_000;

interface RedisStoreOptions {
  readonly url: string;
  /** Keeps this hub's raw scans (`raw.db`). */
  readonly directory: string;
  readonly rawBudget?: RawBudget;
  newId(): string;
  readonly commandTimeoutMs?: number;
}

/**
 * Opens the store that many hubs share. Every atomic step is one script on the server. A reply may be lost, so a
 * rejected change may have been made: `append` of the same files is safe to repeat, because a content that is
 * already the latest of its name is a duplicate; before repeating a `compareAndSet`, read.
 * @throws StoreUnavailable when Redis cannot be reached; Error when it is too old or a cluster, or when another
 * hub uses the directory
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<OpenedStore> {
  const redis = await RedisConnection.open(options.url, options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS);
  try {
    assertSupportedServer(toText(await redis.call("INFO", "server")));
    const warnings = await checkRedisDurability(redis);
    const budget = options.rawBudget ?? new RawBudget(DEFAULT_RAW_BUDGET_MB);
    return new RedisStore(redis, RawDatabase.open(options.directory, budget), warnings, options.newId);
  } catch (error) {
    await redis.close();
    throw error;
  }
}

class RedisStore implements OpenedStore {
  readonly warnings: readonly string[];
  readonly #redis: RedisConnection;
  readonly #log: RedisLog;
  readonly #raw: RawDatabase;
  readonly #newId: () => string;
  readonly #forgetting: NodeJS.Timeout;

  constructor(redis: RedisConnection, raw: RawDatabase, warnings: readonly string[], newId: () => string) {
    this.warnings = warnings;
    this.#redis = redis;
    this.#log = new RedisLog(redis);
    this.#raw = raw;
    this.#newId = newId;
    this.#forgetting = setInterval(() => void this.#forgetDeleted(), FORGET_INTERVAL_MS).unref();
    void this.#forgetDeleted();
  }

  async storeId(): Promise<string> {
    return toText(await this.#redis.run(STORE_ID, [STORE_ID_KEY], [this.#newId()]));
  }

  async getRecord(collection: string, key: string): Promise<string | null> {
    const value = await this.#redis.call(
      "HGET",
      collectionKey(assertStorableText(collection)),
      assertStorableText(key),
    );
    return value === null ? null : toText(value);
  }

  async getRecords(collection: string, keys: readonly string[]): Promise<readonly (string | null)[]> {
    for (const text of [collection, ...keys]) assertStorableText(text);
    if (keys.length === 0) return [];
    const values = toList(await this.#redis.call("HMGET", collectionKey(collection), ...keys));
    return values.map((value) => (value === null ? null : toText(value)));
  }

  async listRecords(collection: string): Promise<ReadonlyMap<string, string>> {
    const words = toList(
      await this.#redis.call("HGETALL", collectionKey(assertStorableText(collection))),
    ).map(toText);
    const records = new Map<string, string>();
    for (let at = 0; at + 1 < words.length; at += 2) records.set(words[at] ?? "", words[at + 1] ?? "");
    return records;
  }

  async compareAndSet(changes: readonly RecordChange[]): Promise<boolean> {
    assertChanges(changes);
    const reply = await this.#redis.run(
      COMPARE_AND_SET,
      changes.map(({ collection }) => collectionKey(collection)),
      changes.flatMap(({ key, expected, next }) => [key, ...optional(expected), ...optional(next)]),
    );
    return toInteger(reply) === 1;
  }

  async createLog(key: LogKey, epoch: string): Promise<void> {
    assertStorableText(key);
    await this.#log.create(key, assertStorableText(epoch));
  }

  async rotateEpoch(key: LogKey, expected: string, next: string): Promise<boolean> {
    for (const text of [key, expected, next]) assertStorableText(text);
    return this.#log.rotate(key, expected, next);
  }

  async deleteLog(key: LogKey): Promise<void> {
    assertStorableText(key);
    await this.#log.remove(key);
    await this.#raw.forget([key]);
  }

  async append(key: LogKey, fences: Fences, items: readonly AppendItem[]): Promise<AppendReply> {
    assertStorableText(key);
    const needed = assertFences(fences);
    assertItems(items);
    // The files first: a row without its file would be a lie, a file without a row is only space.
    await this.#raw.keep(key, items);
    const reply = await this.#log.append(key, needed, items);
    if (reply.kind !== "no-log") return reply;
    // Only for a log that somebody deleted: one that Redis lost is about to be restored, with these files.
    if (reply.deleted) await this.#raw.forget([key]);
    return { kind: "no-log" };
  }

  async putResults(key: LogKey, fences: Fences, batch: ResultBatch): Promise<ResultsReply> {
    assertStorableText(key);
    assertResults(batch);
    return this.#log.putResults(key, assertFences(fences), batch);
  }

  async keepVersions(key: LogKey, versions: readonly number[]): Promise<void> {
    assertStorableText(key);
    for (const version of versions) assertCount("version", version);
    await this.#log.keepVersions(key, versions);
    await this.#raw.keepVersions(key, versions);
  }

  async readLog(key: LogKey, range: { since: number; limit: number; version: number }) {
    for (const [what, value] of Object.entries(range)) assertCount(what, value);
    return this.#log.read(key, range);
  }

  async heads(keys: readonly LogKey[]) {
    for (const key of keys) assertStorableText(key);
    return this.#log.heads(keys);
  }

  async latestOf(key: LogKey, names: readonly string[]) {
    for (const text of [key, ...names]) assertStorableText(text);
    return this.#log.latestOf(key, names);
  }

  async readRaw(key: LogKey, offset: number): Promise<Uint8Array | null> {
    const sha256 = await this.#log.contentOf(key, assertCount("offset", offset));
    return sha256 === null ? null : this.#raw.get(key, sha256);
  }

  async keepPrepared(key: LogKey, page: PreparedPage, bytes: Uint8Array): Promise<void> {
    assertPrepared(key, page);
    await this.#raw.keepPage(key, page, bytes);
  }

  async readPrepared(key: LogKey, page: PreparedPage): Promise<Uint8Array | null> {
    assertPrepared(key, page);
    return this.#raw.getPage(key, page);
  }

  problem(): string | null {
    return this.#redis.problem() ?? this.#raw.problem();
  }

  async close(): Promise<void> {
    clearInterval(this.#forgetting);
    await this.#redis.close();
    await this.#raw.close();
  }

  /** Sessions may have been deleted through other hubs while this one held files of theirs. */
  async #forgetDeleted(): Promise<void> {
    try {
      await this.#raw.forget(await this.#log.deleted());
    } catch (error) {
      // The next round will do.
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
}
