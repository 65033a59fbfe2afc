import type { RedisConnection } from "./redis-connection.ts";
import { toList, toText } from "./redis-reply.ts";

const OLDEST_MAJOR_VERSION = 7;

/**
 * Refuses a server that the scripts would not be right on.
 * @param info what `INFO server` printed
 * @throws Error saying what was found and what is wanted
 */
export function assertSupportedServer(info: string): void {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
  const version = field("redis_version") ?? "unknown";
  if (!(Number.parseInt(version, 10) >= OLDEST_MAJOR_VERSION)) {
    throw new Error(`Redis ${version} is too old: version ${OLDEST_MAJOR_VERSION} or newer is needed`);
  }
  if (field("redis_mode") === "cluster") {
    throw new Error(
      "Redis Cluster is not supported: one atomic step touches keys of many slots; use a single Redis",
    );
  }
}

/**
 * What this Redis can lose, and which setting to change: one sentence each, none when what it acknowledged
 * survives a power cut.
 */
export async function checkRedisDurability(redis: RedisConnection): Promise<readonly string[]> {
  let settings: ReadonlyMap<string, string>;
  try {
    settings = await readSettings(redis, ["appendonly", "appendfsync", "maxmemory-policy"]);
  } catch (error) {
    return [
      `Redis does not show its settings (${String(error)}); ask its operator for: appendonly yes, appendfsync always, maxmemory-policy noeviction.`,
    ];
  }
  return durabilityWarnings(settings);
}

/** The same from settings already read, by name. */
export function durabilityWarnings(settings: ReadonlyMap<string, string>): readonly string[] {
  const warnings: string[] = [];
  const fsync = settings.get("appendfsync");
  if (settings.get("appendonly") !== "yes") {
    warnings.push(
      "Redis keeps acknowledged files in memory: a restart loses everything since its last snapshot. Set `appendonly yes` and `appendfsync always`.",
    );
  } else if (fsync === "everysec") {
    warnings.push(
      "Redis writes to disk once a second: a power cut loses what was acknowledged in the last one or two seconds. Set `appendfsync always`.",
    );
  } else if (fsync !== "always") {
    warnings.push(
      "Redis leaves writing to disk to the system: a power cut loses what was acknowledged in the last half minute. Set `appendfsync always`.",
    );
  }
  const policy = settings.get("maxmemory-policy");
  if (policy !== "noeviction") {
    warnings.push(
      `Redis may throw sessions away when its memory is full (maxmemory-policy ${policy}). Set \`maxmemory-policy noeviction\`.`,
    );
  }
  return warnings;
}

async function readSettings(redis: RedisConnection, names: readonly string[]) {
  const words = toList(await redis.call("CONFIG", "GET", ...names)).map(toText);
  return new Map(names.map((name) => [name, words[words.indexOf(name) + 1] ?? ""] as const));
}
