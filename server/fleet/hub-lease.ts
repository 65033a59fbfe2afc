import type { RedisConnection } from "../store/redis-connection.ts";
import { redisScript } from "../store/redis-connection.ts";
import { toList, toText } from "../store/redis-reply.ts";

/** Sorted set: hub → ms since 1970 (Redis' clock) at which its lease ends. */
const LEASES_KEY = "benchcast:hubs";
/** Hub → the random name of the process that holds the lease. */
const LIVES_KEY = "benchcast:hub_lives";

/** A dead hub is noticed within one lease: it ends after four fifths, and is looked at every fifth. */
const TTL_SHARE = 4 / 5;
const BEAT_SHARE = 1 / 5;

/**
 * Takes or keeps one lease, and forgets those that ended. KEYS: leases, lives. ARGV: hub, life, ms. Answers
 * "taken" when another life holds it, else "kept" or "new"; then the hubs that hold one.
 */
const BEAT = redisScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for _, hub in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  redis.call('ZREM', KEYS[1], hub)
  redis.call('HDEL', KEYS[2], hub)
end
local life = redis.call('HGET', KEYS[2], ARGV[1])
local reply = { 'taken' }
if not life or life == ARGV[2] then
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
  reply[1] = life and 'kept' or 'new'
end
for _, hub in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do reply[#reply + 1] = hub end
return reply
`);

/** Hubs whose lease has not ended. KEYS: leases. */
const LIVING = redisScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')
`);

/** Gives the lease back, if this life has it. KEYS: leases, lives. ARGV: hub, life. */
const RELEASE = redisScript(`
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
`);

/**
 * `taken`: another process holds the lease under this name. `new`: it had none (the first time, after a stall, or
 * because Redis lost it), so whatever others did meanwhile they did without this hub.
 */
export interface Beat {
  readonly kind: "taken" | "kept" | "new";
  /** Hubs with a lease, this one included. */
  readonly alive: readonly string[];
}

/** What tells a hub that works from one that was killed or stands still: a lease in Redis, by Redis' clock. */
export class HubLease {
  readonly hubId: string;
  readonly beatMs: number;
  readonly #redis: RedisConnection;
  readonly #life: string;
  readonly #ttlMs: number;

  /** @param life random per process */
  constructor(redis: RedisConnection, hubId: string, life: string, leaseMs: number) {
    this.hubId = hubId;
    this.#redis = redis;
    this.#life = life;
    this.#ttlMs = Math.round(leaseMs * TTL_SHARE);
    this.beatMs = Math.round(leaseMs * BEAT_SHARE);
  }

  /** @throws StoreUnavailable */
  async beat(): Promise<Beat> {
    const words = [this.hubId, this.#life, this.#ttlMs];
    const [kind, ...alive] = toList(await this.#redis.run(BEAT, [LEASES_KEY, LIVES_KEY], words)).map(toText);
    return { kind: kind as Beat["kind"], alive }; // the script answers with one of the three
  }

  /** Hubs with a lease at this moment. @throws StoreUnavailable */
  async living(): Promise<readonly string[]> {
    return toList(await this.#redis.run(LIVING, [LEASES_KEY], [])).map(toText);
  }

  async release(): Promise<void> {
    await this.#redis.run(RELEASE, [LEASES_KEY, LIVES_KEY], [this.hubId, this.#life]);
  }
}
