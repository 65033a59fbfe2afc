import { redisScript } from "./redis-connection.ts";

/** How long a deleted log is remembered, for hubs that were away and still hold its raw scans. */
const REMEMBER_DELETED_S = 90 * 24 * 3600;

/**
 * One batch of files, in order, in one step.
 *
 * KEYS: epoch, rows, names, contents, versions, deleted logs, hash of each fence.
 * ARGV: key of the log; prefix of results keys; per fence its field, value, and `optional` next value (taken where an
 * item is stored); number of items; then per item name, sha256, entry, number of results, and per result version, body.
 *
 * rows      list of: revision, twin + 1 (0: none), length of name, length of sha256 (big-endian u32), name, sha256, entry
 * names     name → offset, revision (u32) of its newest row, sha256
 * contents  sha256 → offset of the newest row, offset + 1 of the newest row of another name (0: none), its name;
 *           these two are enough to answer "newest row of another name" for every name that may come
 *
 * Answers "no-log" (with 1 when it was deleted), "fenced" with the number of the fence, or "done", epoch, and per item stored (1 or 0),
 * offset, revision, twin + 1.
 */
export const APPEND = redisScript(`
local epochKey, rows, names, contents, versions, deleted = unpack(KEYS)
local epoch = redis.call('GET', epochKey)
if not epoch then
  return { 'no-log', redis.call('ZSCORE', deleted, ARGV[1]) and 1 or 0 }
end
for i = 7, #KEYS do
  local field = 3 + 4 * (i - 7)
  if redis.call('HGET', KEYS[i], ARGV[field]) ~= ARGV[field + 1] then return { 'fenced', i - 7 } end
end

local head = redis.call('LLEN', rows)
local at = 3 + 4 * (#KEYS - 6)
local function take()
  at = at + 1
  return ARGV[at]
end

local function newestTwin(name, sha)
  local known = redis.call('HGET', contents, sha)
  if not known then return 0, 0 end
  local newest, other = struct.unpack('>I4I4', known)
  if known:sub(9) == name then return other, other end
  return newest + 1, newest + 1
end

local reply = { 'done', epoch }
local function answer(stored, offset, revision, twin)
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = stored, offset, revision, twin
end

local isStored = false
for _ = 1, tonumber(ARGV[at]) do
  local name, sha, entry = take(), take(), take()
  local results = {}
  for i = 1, tonumber(take()) do results[i] = { take(), take() } end

  local offset, revision, latest = 0, 0, nil
  local known = redis.call('HGET', names, name)
  if known then
    offset, revision = struct.unpack('>I4I4', known)
    latest = known:sub(9)
  end
  if latest == sha then
    answer(0, offset, revision, 0)
  else
    revision = revision + 1
    local twin, other = newestTwin(name, sha)
    redis.call('RPUSH', rows, struct.pack('>I4I4I4I4', revision, twin, #name, #sha) .. name .. sha .. entry)
    redis.call('HSET', names, name, struct.pack('>I4I4', head, revision) .. sha)
    redis.call('HSET', contents, sha, struct.pack('>I4I4', head, other) .. name)
    for _, result in ipairs(results) do
      redis.call('SADD', versions, result[1])
      redis.call('HSET', ARGV[2] .. result[1] .. ':' .. ARGV[1], head, result[2])
    end
    answer(1, head, revision, twin)
    head = head + 1
    isStored = true
  end
end
if isStored then
  for i = 7, #KEYS do
    local field = 3 + 4 * (i - 7)
    if ARGV[field + 2] == '1' then redis.call('HSET', KEYS[i], ARGV[field], ARGV[field + 3]) end
  end
end
return reply
`);

/**
 * Results of one version for rows that are there. KEYS: epoch, rows, versions, results of the version, hash of each
 * fence. ARGV: epoch; version; per fence its field and value; then per result its offset and body. Answers in words.
 */
export const PUT_RESULTS = redisScript(`
local epoch = redis.call('GET', KEYS[1])
if not epoch then return 'no-log' end
for i = 5, #KEYS do
  local field = 3 + 2 * (i - 5)
  if redis.call('HGET', KEYS[i], ARGV[field]) ~= ARGV[field + 1] then return 'fenced' end
end
if epoch ~= ARGV[1] then return 'other-epoch' end
local head = redis.call('LLEN', KEYS[2])
redis.call('SADD', KEYS[3], ARGV[2])
for at = 3 + 2 * (#KEYS - 4), #ARGV, 2 do
  if tonumber(ARGV[at]) < head then redis.call('HSET', KEYS[4], ARGV[at], ARGV[at + 1]) end
end
return 'done'
`);

/** KEYS: versions. ARGV: key of the log, prefix of results keys, then the versions that stay. */
export const KEEP_VERSIONS = redisScript(`
local stays = {}
for i = 3, #ARGV do stays[ARGV[i]] = true end
for _, version in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if not stays[version] then
    redis.call('UNLINK', ARGV[2] .. version .. ':' .. ARGV[1])
    redis.call('SREM', KEYS[1], version)
  end
end
`);

/**
 * A range of rows with the results of one version. KEYS: epoch, rows, results of the version. ARGV: first and
 * last offset. Answers nil where there is no log, else epoch, head, rows, results (nil: none).
 */
export const READ_LOG = redisScript(`
local epoch = redis.call('GET', KEYS[1])
if not epoch then return false end
local rows = redis.call('LRANGE', KEYS[2], ARGV[1], ARGV[2])
local results = {}
local since = tonumber(ARGV[1])
for from = 1, #rows, 1000 do
  local offsets = {}
  for i = from, math.min(from + 999, #rows) do offsets[#offsets + 1] = since + i - 1 end
  for _, body in ipairs(redis.call('HMGET', KEYS[3], unpack(offsets))) do results[#results + 1] = body end
end
return { epoch, redis.call('LLEN', KEYS[2]), rows, results }
`);

/** KEYS: epoch and rows of each log. Answers epoch (nil: no such log) and head of each. */
export const HEADS = redisScript(`
local reply = {}
for i = 1, #KEYS, 2 do
  reply[i] = redis.call('GET', KEYS[i])
  reply[i + 1] = redis.call('LLEN', KEYS[i + 1])
end
return reply
`);

/** KEYS: epoch, deleted logs. ARGV: epoch, key of the log. */
export const CREATE_LOG = redisScript(`
if redis.call('SET', KEYS[1], ARGV[1], 'NX') then redis.call('ZREM', KEYS[2], ARGV[2]) end
`);

/** KEYS: epoch. ARGV: the epoch that it must have, the next one. Answers 1 or 0. */
export const ROTATE_EPOCH = redisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`);

/** KEYS: epoch, rows, names, contents, versions, deleted logs. ARGV: key of the log, prefix of results keys. */
export const DELETE_LOG = redisScript(`
for _, version in ipairs(redis.call('SMEMBERS', KEYS[5])) do
  redis.call('UNLINK', ARGV[2] .. version .. ':' .. ARGV[1])
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[6], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', now - ${REMEMBER_DELETED_S})
`);
