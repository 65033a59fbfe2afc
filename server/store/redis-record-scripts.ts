import { redisScript } from "./redis-connection.ts";

/** Absent and empty differ: a value is preceded by 1, its absence is 0 and an empty text. */
export function optional(value: string | null): [isThere: "0" | "1", value: string] {
  return value === null ? ["0", ""] : ["1", value];
}

/**
 * All changes or none. KEYS: the hash of each change. ARGV, per change: field, then `optional` expected, then
 * `optional` next. Answers 1 or 0.
 */
export const COMPARE_AND_SET = redisScript(`
for i, hash in ipairs(KEYS) do
  local at = (i - 1) * 5
  local expected = ARGV[at + 2] == '1' and ARGV[at + 3]
  if redis.call('HGET', hash, ARGV[at + 1]) ~= expected then return 0 end
end
for i, hash in ipairs(KEYS) do
  local at = (i - 1) * 5
  if ARGV[at + 4] == '1' then
    redis.call('HSET', hash, ARGV[at + 1], ARGV[at + 5])
  else
    redis.call('HDEL', hash, ARGV[at + 1])
  end
end
return 1
`);

/** The id of this store, made by whoever asks first. KEYS: its key. ARGV: a new id. */
export const STORE_ID = redisScript(`
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
`);
