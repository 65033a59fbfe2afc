import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nanoid } from "nanoid";
import type { OpenedStore } from "../../server/store/open-store.ts";
import type { AppendItem, AppendOutcome, AppendReply } from "../../server/store/port.ts";
import { DEFAULT_RAW_BUDGET_MB, RawBudget } from "../../server/store/raw-budget.ts";
import { openRedisStore } from "../../server/store/redis.ts";
import { openSqliteStore } from "../../server/store/sqlite.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";

/** Names that one or the other implementation could trip over. */
export const AWKWARD_NAMES = [
  ...[
    "a:b",
    "*",
    "{}",
    "{n}",
    "line\r\nbreak",
    "🔬/é/日本.txt",
    "__proto__",
    "constructor",
    "0",
    "-1",
    "",
    " ",
  ],
  ...["'; DROP TABLE log_row; --", "%s", "\\", "a/b", "a/b:rows", "benchcast:log:rows:a/b", "x".repeat(1000)],
];

const DEFAULT_BUDGET = new RawBudget(DEFAULT_RAW_BUDGET_MB);

/** One new, empty place to keep things, and the stores opened on it. */
export interface Place {
  /** What the writing child process needs to open a store here. */
  readonly address: { readonly directory: string; readonly url: string | null };
  open(rawBudget?: RawBudget): Promise<OpenedStore>;
  /** Stores that several hubs would use at once: one each with Redis, the only one with SQLite. */
  openForCallers(count: number): Promise<readonly OpenedStore[]>;
  remove(): Promise<void>;
}

/** Both implementations of the port. `start` and `stop` surround all tests of a file. */
export const STORES = [sqliteStores(), redisStores()] as const;

function sqliteStores() {
  return {
    kind: "SQLite",
    async start(): Promise<void> {},
    async stop(): Promise<void> {},
    async place(usual: RawBudget = DEFAULT_BUDGET): Promise<Place> {
      const directory = newDirectory();
      const opened: OpenedStore[] = [];
      const open = async (rawBudget = usual) => {
        const store = await openSqliteStore({ directory, rawBudget, newId: nanoid });
        opened.push(store);
        return store;
      };
      return {
        address: { directory, url: null },
        open,
        openForCallers: async (count) => {
          const only = await open();
          return Array.from({ length: count }, () => only);
        },
        remove: () => removeAll(opened, [directory]),
      };
    },
  };
}

function redisStores() {
  let server: RedisServer | undefined;
  return {
    kind: "Redis",
    async start(): Promise<void> {
      server = await startRedis();
    },
    async stop(): Promise<void> {
      await server?.stop();
    },
    async place(usual: RawBudget = DEFAULT_BUDGET): Promise<Place> {
      if (server === undefined) throw new Error("start() first");
      const { url } = server;
      await server.cli("FLUSHALL");
      const directory = newDirectory();
      const directories = [directory];
      const opened: OpenedStore[] = [];
      const openAt = async (at: string, rawBudget = usual) => {
        const store = await openRedisStore({ url, directory: at, rawBudget, newId: nanoid });
        opened.push(store);
        return store;
      };
      return {
        address: { directory, url },
        open: (rawBudget) => openAt(directory, rawBudget),
        openForCallers: (count) => {
          const own = Array.from({ length: count }, newDirectory);
          directories.push(...own);
          return Promise.all(own.map((at) => openAt(at)));
        },
        remove: () => removeAll(opened, directories),
      };
    },
  };
}

export function newDirectory(): string {
  return mkdtempSync(join(tmpdir(), "benchcast-store-"));
}

async function removeAll(stores: readonly OpenedStore[], directories: readonly string[]): Promise<void> {
  for (const store of stores) await store.close();
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** One file with this content; its entry repeats name and content, its result for version 1 the content. */
export function file(name: string, content: string | Uint8Array, more: Partial<AppendItem> = {}): AppendItem {
  const raw = typeof content === "string" ? bytesOf(content) : content;
  return {
    name,
    sha256: createHash("sha256").update(raw).digest("hex"),
    entry: bytesOf(`entry of ${name}`),
    results: [{ version: 1, body: raw.slice(0, 100) }],
    raw,
    ...more,
  };
}

/** The outcomes of an append that must have been done. */
export function outcomesOf(reply: AppendReply): readonly AppendOutcome[] {
  if (reply.kind !== "done") throw new Error(`the append was answered with ${reply.kind}`);
  return reply.outcomes;
}
