import { createHash } from "node:crypto";
import { type RedisConnection, redisScript } from "../store/redis-connection.ts";
import { toInteger, toList } from "../store/redis-reply.ts";

const PREFIX = "benchcast:count:";

/** KEYS: a count. Answers what was counted and the ms until it is forgotten; 0 and 0 where nothing was. */
const READ = redisScript(`
return { tonumber(redis.call('GET', KEYS[1]) or 0), math.max(0, redis.call('PTTL', KEYS[1])) }
`);

/** Counts one more, forgotten so long after the first. KEYS: the count. ARGV: s. Answers as READ. */
const ADD = redisScript(`
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return { count, math.max(0, redis.call('PTTL', KEYS[1])) }
`);

export interface Count {
  readonly count: number;
  /** Until it is forgotten, ms. */
  readonly leftMs: number;
}

/**
 * Counts that all hubs of one Redis share. Names are hashed: neither an address nor a credential stands in Redis.
 * Everything rejects with StoreUnavailable while Redis is away or takes no writes.
 *
 * Not the Redis limiter of rate-limiter-flexible: that wants a client of its own, and its insurance would read from
 * a Redis that is full while it writes elsewhere, so that nothing would ever be counted.
 */
export class SharedCounts {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async read(name: string): Promise<Count> {
    return toCount(await this.#redis.run(READ, [keyOf(name)], []));
  }

  async add(name: string, forS: number): Promise<Count> {
    return toCount(await this.#redis.run(ADD, [keyOf(name)], [forS]));
  }

  /** One, from now on for so long. */
  async mark(name: string, forS: number): Promise<void> {
    await this.#redis.call("SET", keyOf(name), 1, "EX", forS);
  }
}

function keyOf(name: string): string {
  return PREFIX + createHash("sha256").update(name).digest("base64url");
}

function toCount(reply: Parameters<typeof toList>[0]): Count {
  const [count, leftMs] = toList(reply).map(toInteger);
  return { count: count ?? 0, leftMs: leftMs ?? 0 };
}
