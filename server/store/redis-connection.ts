import { createHash } from "node:crypto";
import { type Redis, ReplyError } from "ioredis";
import { StoreFull, StoreUnavailable } from "./port.ts";
import { RedisAddress } from "./redis-address.ts";
import type { RedisReply } from "./redis-reply.ts";

/** A Redis that stands still is as good as gone; callers then try again or say so. */
export const COMMAND_TIMEOUT_MS = 5000;
const LONGEST_RECONNECT_PAUSE_MS = 1000;
const PROBE_INTERVAL_MS = 1000;
const PROBE_KEY = "benchcast:probe";

/** Replies that mean "not now" and never "your mistake". */
const REFUSALS: Readonly<Record<string, string>> = {
  READONLY: "it is a read-only replica",
  OOM: "its memory is full (maxmemory)",
  MISCONF: "it cannot save to its disk",
  NOREPLICAS: "it has fewer replicas than it wants",
  MASTERDOWN: "its primary is away",
  LOADING: "it is loading its data",
  BUSY: "it is busy with a script",
  NOAUTH: "it wants a password",
  WRONGPASS: "the password is wrong",
  NOPERM: "the user lacks a permission",
};

/** One atomic step, run on the server. */
export interface RedisScript {
  readonly lua: string;
  readonly sha1: string;
}

export function redisScript(lua: string): RedisScript {
  return { lua, sha1: createHash("sha1").update(lua).digest("hex") };
}

export type RedisArgument = string | number | Buffer;

/**
 * One connection that never queues: while Redis is away every command rejects at once with StoreUnavailable,
 * and it reconnects by itself for ever. A rejected command may have run (its reply was lost).
 */
export class RedisConnection {
  readonly #client: Redis;
  readonly #label: string;
  readonly #commandTimeoutMs: number;
  #lastError = "the connection was closed";
  #away: string | null = null;
  #refusal: string | null = null;
  #probe: NodeJS.Timeout | undefined;

  /** @throws StoreUnavailable naming the URL without its password, when the first connection fails */
  static async open(url: string, commandTimeoutMs: number): Promise<RedisConnection> {
    const connection = new RedisConnection(url, commandTimeoutMs);
    try {
      await connection.#client.connect();
    } catch (error) {
      await connection.close();
      throw new StoreUnavailable(connection.#name(connection.#lastError), { cause: error });
    }
    return connection;
  }

  private constructor(url: string, commandTimeoutMs: number) {
    const address = new RedisAddress(url);
    this.#label = address.label;
    this.#commandTimeoutMs = commandTimeoutMs;
    this.#client = address.client({
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      connectTimeout: commandTimeoutMs,
      commandTimeout: commandTimeoutMs,
      // A stalled peer never answers our FIN.
      disconnectTimeout: 100,
      retryStrategy: (attempt) => Math.min(50 * attempt, LONGEST_RECONNECT_PAUSE_MS),
      // After a failover the same name may lead to another server.
      reconnectOnError: (error) => error.message.startsWith("READONLY"),
    });
    let ofSentinel = "none answers";
    this.#client.on("sentinelError", (error: Error) => {
      ofSentinel = error.message;
    });
    this.#client.on("error", ({ message }: Error) => {
      this.#lastError = message.startsWith("All sentinels are unreachable")
        ? `no sentinel names a primary: ${ofSentinel}`
        : message;
    });
    this.#client.on("close", () => {
      this.#away ??= this.#name(this.#lastError);
    });
    this.#client.on("ready", () => {
      this.#away = null;
      this.#lastError = "the connection was closed";
    });
  }

  problem(): string | null {
    return this.#away ?? this.#refusal;
  }

  /** One command; texts in the reply come as Buffers. */
  async call(command: string, ...args: RedisArgument[]): Promise<RedisReply> {
    try {
      // ioredis types every reply as unknown; RedisReply lists what the protocol (RESP2, as buffers) has.
      return (await this.#client.callBuffer(command, args)) as RedisReply;
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** One script, sent in full only where the server does not have it (new, restarted, scripts flushed). */
  async run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
  ): Promise<RedisReply> {
    try {
      return await this.call("EVALSHA", script.sha1, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isReplyError(error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return this.call("EVAL", script.lua, keys.length, ...keys, ...args);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#probe);
    this.#client.disconnect();
  }

  #explain(error: unknown): unknown {
    if (isReplyError(error)) {
      const reason = REFUSALS[error.message.split(" ", 1)[0] ?? ""];
      if (reason === undefined) return error;
      this.#refusal = this.#name(`${reason} (${error.message})`);
      this.#probe ??= setInterval(() => void this.#tryToWrite(), PROBE_INTERVAL_MS).unref();
      const Refusal = error.message.startsWith("OOM ") ? StoreFull : StoreUnavailable;
      return new Refusal(this.#refusal, { cause: error });
    }
    if (error instanceof Error && error.message === "Command timed out") this.#reconnect();
    return new StoreUnavailable(this.#away ?? this.#name(this.#lastError), { cause: error });
  }

  /** After one timeout the others need not wait for theirs: commands reject at once until it answers again. */
  #reconnect(): void {
    // What times out together needs one reconnect: every further one would leave a listener on the dying socket.
    const underWay = this.#away !== null;
    this.#away = this.#name(`no answer within ${this.#commandTimeoutMs} ms`);
    if (!underWay && this.#client.status === "ready") this.#client.disconnect(true);
  }

  /** A hub that reports "not ready" may get no write that could show that Redis takes them again. */
  async #tryToWrite(): Promise<void> {
    try {
      await this.call("SET", PROBE_KEY, "1");
    } catch {
      return;
    }
    this.#refusal = null;
    clearInterval(this.#probe);
    this.#probe = undefined;
  }

  #name(reason: string): string {
    return `Redis at ${this.#label}: ${reason}`;
  }
}

/** An answer of the server, unlike everything that can happen on the way. ioredis types the class as any. */
function isReplyError(error: unknown): error is Error {
  return error instanceof ReplyError;
}
