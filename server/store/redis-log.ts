import { asBuffer, ownBytes } from "./bytes.ts";
import type {
  AppendItem,
  AppendOutcome,
  AppendReply,
  Fence,
  LogHead,
  LogKey,
  LogPage,
  LogRow,
  ResultBatch,
  ResultsReply,
} from "./port.ts";
import type { RedisArgument, RedisConnection } from "./redis-connection.ts";
import { collectionKey, DELETED_LOGS_KEY, logKeys, RESULTS_PREFIX, resultsKey } from "./redis-keys.ts";
import {
  APPEND,
  CREATE_LOG,
  DELETE_LOG,
  HEADS,
  KEEP_VERSIONS,
  PUT_RESULTS,
  READ_LOG,
  ROTATE_EPOCH,
} from "./redis-log-scripts.ts";
import { optional } from "./redis-record-scripts.ts";
import { type RedisReply, toBytes, toInteger, toList, toText } from "./redis-reply.ts";

/** Length of the numbers before name, sha256 and entry of a packed row. */
const ROW_HEADER_BYTES = 16;
const NAME_HEADER_BYTES = 8;

/** As `AppendReply`; `deleted` tells a log that somebody deleted from one that never was (or was lost). */
export type RedisAppendReply =
  | Exclude<AppendReply, { kind: "no-log" }>
  | { readonly kind: "no-log"; readonly deleted: boolean };

/** File logs in Redis: each method is one command or one script. */
export class RedisLog {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async create(key: LogKey, epoch: string): Promise<void> {
    await this.#redis.run(CREATE_LOG, [logKeys(key).epoch, DELETED_LOGS_KEY], [epoch, key]);
  }

  /** @returns whether the epoch was `expected` and is `next` now */
  async rotate(key: LogKey, expected: string, next: string): Promise<boolean> {
    return toInteger(await this.#redis.run(ROTATE_EPOCH, [logKeys(key).epoch], [expected, next])) === 1;
  }

  async remove(key: LogKey): Promise<void> {
    const { epoch, rows, names, contents, versions } = logKeys(key);
    const keys = [epoch, rows, names, contents, versions, DELETED_LOGS_KEY];
    await this.#redis.run(DELETE_LOG, keys, [key, RESULTS_PREFIX]);
  }

  /** Keys of the logs that were deleted in the last months. */
  async deleted(): Promise<readonly string[]> {
    return toList(await this.#redis.call("ZRANGE", DELETED_LOGS_KEY, 0, -1)).map(toText);
  }

  async append(
    key: LogKey,
    fences: readonly Fence[],
    items: readonly AppendItem[],
  ): Promise<RedisAppendReply> {
    const { epoch, rows, names, contents, versions } = logKeys(key);
    const reply = await this.#redis.run(
      APPEND,
      [epoch, rows, names, contents, versions, DELETED_LOGS_KEY, ...fenceHashes(fences)],
      [key, RESULTS_PREFIX, ...fenceChanges(fences), ...packItems(items)],
    );
    return toAppendReply(toList(reply));
  }

  async putResults(
    key: LogKey,
    fences: readonly Fence[],
    { epoch: expected, version, results }: ResultBatch,
  ): Promise<ResultsReply> {
    const { epoch, rows, versions } = logKeys(key);
    const reply = await this.#redis.run(
      PUT_RESULTS,
      [epoch, rows, versions, resultsKey(key, version), ...fenceHashes(fences)],
      [
        expected,
        version,
        ...fenceValues(fences),
        ...results.flatMap(({ offset, body }) => [offset, asBuffer(body)]),
      ],
    );
    return toText(reply) as ResultsReply; // the script answers in these words
  }

  async keepVersions(key: LogKey, versions: readonly number[]): Promise<void> {
    await this.#redis.run(KEEP_VERSIONS, [logKeys(key).versions], [key, RESULTS_PREFIX, ...versions]);
  }

  async read(key: LogKey, range: { since: number; limit: number; version: number }): Promise<LogPage | null> {
    const { since, limit, version } = range;
    const { epoch, rows } = logKeys(key);
    // LRANGE counts an end of -1 from the tail: an empty range at the start asks beyond every row instead.
    const [first, last] = limit === 0 ? [1, 0] : [since, since + limit - 1];
    const reply = await this.#redis.run(
      READ_LOG,
      [epoch, rows, resultsKey(key, version)],
      [String(first), String(last)],
    );
    if (reply === null) return null;
    const [epochReply, head, packedRows, results] = toList(reply);
    const resultList = toList(results);
    return {
      epoch: toText(epochReply),
      head: toInteger(head),
      rows: toList(packedRows).map((packed, index) => ({
        offset: since + index,
        ...unpackRow(toBytes(packed)),
        result: toOptionalBytes(resultList[index]),
      })),
    };
  }

  async heads(keys: readonly LogKey[]): Promise<readonly (LogHead | null)[]> {
    if (keys.length === 0) return [];
    const redisKeys = keys.map(logKeys).flatMap(({ epoch, rows }) => [epoch, rows]);
    const reply = toList(await this.#redis.run(HEADS, redisKeys, []));
    return keys.map((_, index) => {
      const epoch = reply[2 * index] ?? null;
      return epoch === null ? null : { epoch: toText(epoch), head: toInteger(reply[2 * index + 1]) };
    });
  }

  async latestOf(key: LogKey, names: readonly string[]) {
    if (names.length === 0) return [];
    const reply = toList(await this.#redis.call("HMGET", logKeys(key).names, ...names));
    return reply.map((packed) => {
      if (packed === null) return null;
      const bytes = toBytes(packed);
      return { sha256: bytes.toString("utf8", NAME_HEADER_BYTES), offset: bytes.readUInt32BE(0) };
    });
  }

  /** The content of one row, or null where there is no such row. */
  async contentOf(key: LogKey, offset: number): Promise<string | null> {
    const packed = await this.#redis.call("LINDEX", logKeys(key).rows, offset);
    return packed === null ? null : unpackRow(toBytes(packed)).sha256;
  }
}

function fenceHashes(fences: readonly Fence[]): string[] {
  return fences.map(({ collection }) => collectionKey(collection));
}

function fenceValues(fences: readonly Fence[]): string[] {
  return fences.flatMap(({ key, value }) => [key, value]);
}

function fenceChanges(fences: readonly Fence[]): string[] {
  return fences.flatMap(({ key, value, next }) => [key, value, ...optional(next ?? null)]);
}

function packItems(items: readonly AppendItem[]): RedisArgument[] {
  const packed: RedisArgument[] = [items.length];
  for (const { name, sha256, entry, results } of items) {
    packed.push(name, sha256, asBuffer(entry), results.length);
    for (const { version, body } of results) packed.push(version, asBuffer(body));
  }
  return packed;
}

function toAppendReply([kind, second, ...numbers]: readonly RedisReply[]): RedisAppendReply {
  switch (toText(kind)) {
    case "no-log":
      return { kind: "no-log", deleted: toInteger(second) === 1 };
    case "fenced":
      return { kind: "fenced", fence: toInteger(second) };
    default:
      return { kind: "done", epoch: toText(second), outcomes: toOutcomes(numbers.map(toInteger)) };
  }
}

function toOutcomes(numbers: readonly number[]): AppendOutcome[] {
  const outcomes: AppendOutcome[] = [];
  for (let at = 0; at < numbers.length; at += 4) {
    const [stored, offset = 0, revision = 0, twin = 0] = numbers.slice(at, at + 4);
    if (stored === 0) outcomes.push({ kind: "duplicate", offset, revision });
    else outcomes.push({ kind: "stored", offset, revision, same_content_as: fromOptionalOffset(twin) });
  }
  return outcomes;
}

function unpackRow(row: Buffer): Omit<LogRow, "offset" | "result"> {
  const endOfName = ROW_HEADER_BYTES + row.readUInt32BE(8);
  const endOfSha256 = endOfName + row.readUInt32BE(12);
  return {
    name: row.toString("utf8", ROW_HEADER_BYTES, endOfName),
    sha256: row.toString("utf8", endOfName, endOfSha256),
    revision: row.readUInt32BE(0),
    same_content_as: fromOptionalOffset(row.readUInt32BE(4)),
    entry: ownBytes(row.subarray(endOfSha256)),
  };
}

/** Offsets that may be missing travel as offset + 1; 0 is "none". */
function fromOptionalOffset(value: number): number | null {
  return value === 0 ? null : value - 1;
}

function toOptionalBytes(reply: RedisReply | undefined): Uint8Array | null {
  return reply === null || reply === undefined ? null : ownBytes(toBytes(reply));
}
