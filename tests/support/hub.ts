import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import { nanoid } from "nanoid";
import { onTestFinished } from "vitest";
import { buildHub } from "../../server/app.ts";
import { readConfig } from "../../server/config.ts";
import type { Hub } from "../../server/realtime/hub.ts";
import { openStore } from "../../server/store/open-store.ts";
import type { Store } from "../../server/store/port.ts";

/** A real hub in this process: real store, real sockets, a free port. Ends with the test. */
export interface TestHub {
  readonly url: string;
  readonly port: number;
  readonly app: FastifyInstance;
  readonly hub: Hub;
  readonly dataDir: string;
  /** Ends it gracefully; done by itself after the test. */
  close(): Promise<void>;
}

export interface TestHubOptions {
  /** Environment variables beside the test's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder that outlives this hub: for tests that start another on it. */
  readonly dataDir?: string;
  readonly now?: () => number;
  /** Stands between the hub and its store: for tests in which the store fails. */
  readonly wrapStore?: (store: Store) => Store;
  /** Instead of the end of the process, where a hub that was told to end hangs. */
  readonly hangs?: () => void;
}

/** Starts a hub; `onTestFinished` closes it, so call it inside a test (or a `beforeEach`). */
export async function startHub(options: TestHubOptions = {}): Promise<TestHub> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "benchcast-hub-")));
  const env = { HOST: "127.0.0.1", PORT: "0", LOG_LEVEL: "warn", DATA_DIR: dataDir, ...options.env };
  const config = readConfig(env);
  const rawBudgetMb = config.RAW_BUDGET_MB;
  const opened = await openStore({ redisUrl: config.REDIS_URL, dataDir, rawBudgetMb, newId: nanoid });
  const store = options.wrapStore?.(opened) ?? opened;
  const dist = fileURLToPath(new URL("../../dist", import.meta.url));
  const now = options.now ?? Date.now;
  const { warnings } = opened;
  const { app, hub } = await buildHub({
    config,
    store,
    warnings,
    ...(config.REDIS_URL === undefined ? { hubId: "test-hub" } : {}),
    dist,
    now,
    newId: nanoid,
    ...(options.hangs === undefined ? {} : { hangs: options.hangs }),
  });
  const url = await app.listen({ host: config.HOST, port: config.PORT });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= app.close();
    return closing;
  };
  onTestFinished(async () => {
    await close();
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  });
  return { url, port: Number(new URL(url).port), app, hub, dataDir, close };
}
