import { rmSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { nanoid } from "nanoid";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Statement } from "../../server/store/bind.ts";
import type { OpenedStore } from "../../server/store/open-store.ts";
import { type LogKey, StoreFull, StoreUnavailable } from "../../server/store/port.ts";
import { RAW_DATABASE_FILE } from "../../server/store/raw-database.ts";
import { openRedisStore } from "../../server/store/redis.ts";
import { assertSupportedServer, durabilityWarnings } from "../../server/store/redis-server-check.ts";
import { freePort } from "../support/free-port.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { bytesOf, file, newDirectory, outcomesOf } from "./stores.ts";

const LOG: LogKey = "user/session";
const EVERYTHING = { since: 0, limit: 1000, version: 1 };
/** What "at once" may take on a busy machine; far below any timeout. */
const AT_ONCE_MS = 300;
const COMMAND_TIMEOUT_MS = 400;
const HEALS = { timeout: 8000, interval: 20 };

const servers: RedisServer[] = [];
const stores: OpenedStore[] = [];
const directories: string[] = [];

async function start(options: Parameters<typeof startRedis>[0] = {}): Promise<RedisServer> {
  const server = await startRedis(options);
  servers.push(server);
  return server;
}

async function open(url: string): Promise<OpenedStore> {
  const directory = newDirectory();
  directories.push(directory);
  const store = await openRedisStore({ url, directory, newId: nanoid, commandTimeoutMs: COMMAND_TIMEOUT_MS });
  stores.push(store);
  return store;
}

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const server of servers.splice(0)) await server.stop();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** Rejects with StoreUnavailable within the time given; returns what it said. */
async function refusal(
  attempt: Promise<unknown>,
  withinMs: number,
  kind: typeof StoreUnavailable = StoreUnavailable,
): Promise<string> {
  const started = performance.now();
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(kind);
  expect(performance.now() - started).toBeLessThan(withinMs);
  return error instanceof Error ? error.message : "";
}

describe("Redis in service", () => {
  let server: RedisServer;
  let store: OpenedStore;
  beforeEach(async () => {
    server = await start();
    store = await open(server.url);
    await store.createLog(LOG, "e");
  });

  it("shows agents as the plain hash agent_user_mapping, and everything else below benchcast:", async () => {
    const agent = JSON.stringify({ session_id: "s", agent_sid: "x", hub_id: "h" });
    await store.compareAndSet([
      { collection: "agent_user_mapping", key: "7k2m9xqdt4hwb8z7", expected: null, next: agent },
      { collection: "sessions", key: "s", expected: null, next: "{}" },
    ]);
    await store.append(LOG, null, [file("a", "A")]);
    await store.storeId();
    expect(await server.cli("HGETALL", "agent_user_mapping")).toEqual(["7k2m9xqdt4hwb8z7", agent]);
    const keys = (await server.cli("KEYS", "*")) as string[]; // KEYS answers with a list of texts
    expect(keys.filter((key) => !key.startsWith("benchcast:"))).toEqual(["agent_user_mapping"]);
  });

  it("keeps no raw scan in Redis", async () => {
    const raw = bytesOf("only on the hub's own disk ".repeat(10));
    await store.append(LOG, null, [file("a", raw, { results: [] })]);
    const keys = (await server.cli("KEYS", "*")) as string[]; // as above
    const dumps = await Promise.all(keys.map((key) => server.cli("DUMP", key)));
    expect(dumps.join()).not.toContain("own disk");
    expect(await store.readRaw(LOG, 0)).toEqual(raw);
  });

  it("shares logs among hubs, each with the raw scans that it received", async () => {
    const other = await open(server.url);
    await store.append(LOG, null, [file("a", "A")]);
    expect(outcomesOf(await other.append(LOG, null, [file("a", "A"), file("b", "B")]))).toEqual([
      { kind: "duplicate", offset: 0, revision: 1 },
      { kind: "stored", offset: 1, revision: 1, same_content_as: null },
    ]);
    expect(await store.readLog(LOG, EVERYTHING)).toEqual(await other.readLog(LOG, EVERYTHING));
    expect(await store.readRaw(LOG, 1)).toBeNull();
    expect(await other.readRaw(LOG, 1)).toEqual(bytesOf("B"));
    expect(await other.storeId()).toBe(await store.storeId());
  });

  it("has another id once it was emptied", async () => {
    const id = await store.storeId();
    await server.cli("FLUSHALL");
    expect(await store.storeId()).not.toBe(id);
    expect(await store.heads([LOG])).toEqual([null]);
  });

  it("goes on when the server forgot the scripts", async () => {
    await store.append(LOG, null, [file("a", "A")]);
    await server.cli("SCRIPT", "FLUSH");
    expect(outcomesOf(await store.append(LOG, null, [file("b", "B")]))).toHaveLength(1);
  });

  it("forgets its raw scans of a log that was deleted through another hub", async () => {
    const directory = newDirectory();
    directories.push(directory);
    const options = { url: server.url, directory, newId: nanoid };
    const first = await openRedisStore(options);
    await first.append(LOG, null, [file("a", "A")]);
    await first.close();
    const reader = new Database(join(directory, RAW_DATABASE_FILE));
    const kept = new Statement<[number]>(reader, "SELECT count(*) FROM raw_part");
    expect(kept.first()).toEqual([1]);
    await store.deleteLog(LOG);
    stores.push(await openRedisStore(options));
    await vi.waitFor(() => expect(kept.first()).toEqual([0]), HEALS);
    reader.close();
  });
});

describe("Redis in trouble", () => {
  let server: RedisServer;
  let store: OpenedStore;
  beforeEach(async () => {
    server = await start();
    store = await open(server.url);
    await store.createLog(LOG, "e");
    await store.append(LOG, null, [file("a", "A")]);
    expect(store.problem()).toBeNull();
  });

  it("killed: refuses at once, says so, and heals by itself with everything acknowledged", async () => {
    await server.kill9();
    await vi.waitFor(() => expect(store.problem()).toContain(server.url), HEALS);
    expect(await refusal(store.append(LOG, null, [file("b", "B")]), AT_ONCE_MS)).toContain(server.url);
    await refusal(store.heads([LOG]), AT_ONCE_MS);
    await refusal(store.storeId(), AT_ONCE_MS);
    await server.restart();
    await vi.waitFor(() => expect(store.problem()).toBeNull(), HEALS);
    expect(outcomesOf(await store.append(LOG, null, [file("a", "A"), file("b", "B")]))).toEqual([
      { kind: "duplicate", offset: 0, revision: 1 },
      { kind: "stored", offset: 1, revision: 1, same_content_as: null },
    ]);
  });

  it("killed with an append under way: repeating it stores the file once", async () => {
    server.sigstop();
    const attempt = refusal(store.append(LOG, null, [file("b", "B")]), COMMAND_TIMEOUT_MS + AT_ONCE_MS);
    await server.kill9();
    await attempt;
    await server.restart();
    await vi.waitFor(() => expect(store.problem()).toBeNull(), HEALS);
    await store.append(LOG, null, [file("b", "B")]);
    const page = await store.readLog(LOG, EVERYTHING);
    expect(page?.rows.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("stalled: refuses within the timeout, then at once, and works when it goes on", async () => {
    server.sigstop();
    const first = store.append(LOG, null, [file("b", "B")]);
    expect(await refusal(first, COMMAND_TIMEOUT_MS + AT_ONCE_MS)).toContain("no answer within");
    expect(store.problem()).toContain("no answer within");
    await refusal(store.append(LOG, null, [file("c", "C")]), AT_ONCE_MS);
    server.sigcont();
    await vi.waitFor(() => expect(store.problem()).toBeNull(), HEALS);
    // The refused append may have run: the log says whether, and repeating it is safe.
    await store.append(LOG, null, [file("b", "B")]);
    await store.append(LOG, null, [file("c", "C")]);
    const page = await store.readLog(LOG, EVERYTHING);
    expect(page?.rows.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("stalled with many requests under way: they all fail, and the process gets no warning", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    server.sigstop();
    const requests = Array.from({ length: 50 }, () =>
      refusal(store.heads([LOG]), COMMAND_TIMEOUT_MS + AT_ONCE_MS),
    );
    await Promise.all(requests);
    server.sigcont();
    await vi.waitFor(() => expect(store.problem()).toBeNull(), HEALS);
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  });

  it("a read-only replica: refuses writes, and heals when it is promoted", async () => {
    await server.cli("REPLICAOF", "127.0.0.1", String(await freePort()));
    expect(await refusal(store.append(LOG, null, [file("b", "B")]), AT_ONCE_MS)).toContain(
      "read-only replica",
    );
    expect(store.problem()).toContain(server.url);
    await server.cli("REPLICAOF", "NO", "ONE");
    await vi.waitFor(() => expect(store.problem()).toBeNull(), HEALS);
    expect(outcomesOf(await store.append(LOG, null, [file("b", "B")]))).toMatchObject([
      { kind: "stored", offset: 1 },
    ]);
  });

  it("out of memory: refuses writes, still reads, and heals when there is room", async () => {
    await server.cli("CONFIG", "SET", "maxmemory", "1mb");
    const attempt = store.append(LOG, null, [file("b", "B")]);
    expect(await refusal(attempt, AT_ONCE_MS, StoreFull)).toContain("memory is full");
    expect(store.problem()).toContain("memory is full");
    expect(await store.heads([LOG])).toEqual([{ epoch: "e", head: 1 }]);
    await server.cli("CONFIG", "SET", "maxmemory", "0");
    await vi.waitFor(() => expect(store.problem()).toBeNull(), HEALS);
    expect(outcomesOf(await store.append(LOG, null, [file("b", "B")]))).toMatchObject([
      { kind: "stored", offset: 1 },
    ]);
  });
});

describe("opening Redis", () => {
  it("names the URL without its password when nobody answers", async () => {
    const port = await freePort();
    const message = await refusal(open(`redis://hub:s3cret@127.0.0.1:${port}`), 5000);
    expect(message).toContain(`redis://hub:***@127.0.0.1:${port}`);
    expect(message).toContain("ECONNREFUSED");
    expect(message).not.toContain("s3cret");
  });

  it("says that the password is wrong or missing", async () => {
    const server = await start({ password: "right" });
    expect(await refusal(open(`redis://:wrong@127.0.0.1:${server.port}`), 5000)).toContain("WRONGPASS");
    expect(await refusal(open(server.url), 5000)).toContain("NOAUTH");
    await open(`redis://:right@127.0.0.1:${server.port}`);
  });

  it("says that a stalled server does not answer", async () => {
    const server = await start();
    server.sigstop();
    expect(await refusal(open(server.url), 5000)).toContain(server.url);
  });

  it("does not repeat what is no Redis URL", async () => {
    await expect(open("http://:s3cret@host")).rejects.toThrow(/^The Redis URL must look like (?!.*s3cret)/);
    await expect(open("s3cret")).rejects.toThrow(/^The Redis URL must look like (?!.*s3cret)/);
  });

  it("refuses a cluster", async () => {
    const server = await start({ args: ["--cluster-enabled", "yes"] });
    await expect(open(server.url)).rejects.toThrow("Redis Cluster is not supported");
  });

  it("refuses a version before 7", () => {
    const info = (version: string) => `# Server\r\nredis_version:${version}\r\nredis_mode:standalone\r\n`;
    expect(() => assertSupportedServer(info("6.2.14"))).toThrow(
      "Redis 6.2.14 is too old: version 7 or newer",
    );
    expect(() => assertSupportedServer("")).toThrow("unknown");
    for (const version of ["7.0.0", "8.2.1", "10.0.0"]) assertSupportedServer(info(version));
  });
});

describe("what Redis can lose", () => {
  it("is nothing with appendonly, always and noeviction", async () => {
    const server = await start();
    expect((await open(server.url)).warnings).toEqual([]);
  });

  it("is told in words with the setting to change", async () => {
    const server = await start({ args: ["--appendfsync", "everysec", "--maxmemory-policy", "allkeys-lru"] });
    const { warnings } = await open(server.url);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/a power cut loses .* Set `appendfsync always`/);
    expect(warnings[1]).toMatch(/allkeys-lru.* Set `maxmemory-policy noeviction`/);
  });

  it.each([
    ["no", "always", /a restart loses everything .* Set `appendonly yes`/],
    ["yes", "no", /half minute.* Set `appendfsync always`/],
  ])("with appendonly %s and appendfsync %s", (appendonly, appendfsync, expected) => {
    const settings = new Map(Object.entries({ appendonly, appendfsync, "maxmemory-policy": "noeviction" }));
    expect(durabilityWarnings(settings)).toEqual([expect.stringMatching(expected)]);
  });

  it("is unknown where the server hides its settings", async () => {
    const server = await start({ args: ["--rename-command", "CONFIG", ""] });
    expect((await open(server.url)).warnings).toEqual([
      expect.stringContaining("does not show its settings"),
    ]);
  });
});
