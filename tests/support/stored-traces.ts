import { readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import type { RedisServer } from "./redis-server.ts";

/**
 * Names of everything that a hub has stored: each record by collection and key, each key and field of Redis, and how
 * many rows every other table has. What is equal before and after left nothing behind.
 */
export async function storedTraces(dataDir: string, redis?: RedisServer): Promise<string[]> {
  const files = readdirSync(dataDir, { recursive: true, encoding: "utf8" });
  const others = files.filter((name) => !/\.db(-wal|-shm)?$/.test(name));
  const rows = files
    .filter((name) => name.endsWith(".db"))
    .flatMap((file) => rowsOf(join(dataDir, file)).map((row) => `${file} ${row}`));
  return [...others, ...rows, ...(redis === undefined ? [] : await keysOf(redis))].sort();
}

function rowsOf(path: string): string[] {
  const database = new Database(path, { readonly: true });
  const all = (sql: string) => database.prepare(sql).all([]) as Record<string, unknown>[]; // rows of named columns
  try {
    const tables = all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    return tables.flatMap(({ name }) =>
      name === "record"
        ? all("SELECT collection, key FROM record").map(({ collection, key }) => `${collection} ${key}`)
        : all(`SELECT count(*) AS many FROM ${name}`).map(({ many }) => `${name}: ${many}`),
    );
  } finally {
    database.close();
  }
}

async function keysOf(redis: RedisServer): Promise<string[]> {
  const keys = (await redis.cli("KEYS", "*")) as string[];
  const named = keys.map(async (key) => {
    if ((await redis.cli("TYPE", key)) !== "hash") return [key];
    return ((await redis.cli("HKEYS", key)) as string[]).map((field) => `${key} ${field}`);
  });
  return (await Promise.all(named)).flat();
}
