import { onTestFinished } from "vitest";
import { startHub, type TestHub, type TestHubOptions } from "./hub.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";

/** Hubs on one real Redis, named a, b, c, … in `agent_user_mapping`. They end with the test. */
export interface TestHubs {
  readonly redis: RedisServer;
  readonly hubs: readonly TestHub[];
  /** Starts one more, as the `index`-th (0: a). */
  start(index: number, options?: TestHubOptions): Promise<TestHub>;
}

export async function startHubs(
  count: number,
  env: Readonly<Record<string, string>> = {},
): Promise<TestHubs> {
  const redis = await startRedis();
  // Registered first, so that it ends last: hubs say goodbye to it.
  onTestFinished(() => redis.stop());
  const start = (index: number, options: TestHubOptions = {}) => {
    const HUB_ID = String.fromCharCode("a".charCodeAt(0) + index);
    return startHub({ ...options, env: { REDIS_URL: redis.url, HUB_ID, ...env, ...options.env } });
  };
  const hubs: TestHub[] = [];
  for (let index = 0; index < count; index += 1) hubs.push(await start(index));
  // Each knows all others from its next look on.
  await Promise.all(hubs.map(({ hub }) => hub.fleet.look()));
  return { redis, hubs, start };
}
