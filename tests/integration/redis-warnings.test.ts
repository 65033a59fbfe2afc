import { expect, onTestFinished, test } from "vitest";
import { startHub } from "../support/hub.ts";
import { ask } from "../support/raw-http.ts";
import { startRedis } from "../support/redis-server.ts";

test.each([
  [
    "an appendfsync of everysec",
    ["--appendfsync", "everysec"],
    [/power cut loses .* one or two seconds.*appendfsync always/],
  ],
  ["an appendfsync of no", ["--appendfsync", "no"], [/power cut loses .* half minute.*appendfsync always/]],
  [
    "no append-only file",
    ["--appendonly", "no"],
    [/restart loses everything since its last snapshot.*appendonly yes/],
  ],
  ["an eviction policy", ["--maxmemory-policy", "allkeys-lru"], [/throw sessions away.*noeviction/]],
  [
    "all of that",
    ["--appendonly", "no", "--maxmemory-policy", "volatile-ttl"],
    [/appendonly yes/, /volatile-ttl.*noeviction/],
  ],
  ["settings that it does not show", ["--rename-command", "CONFIG", ""], [/does not show its settings/]],
  ["nothing wrong", ["--maxmemory-policy", "noeviction"], []],
])(
  "a Redis with %s: /ready says what can be lost, and the hub serves all the same",
  async (_what, args, words) => {
    const redis = await startRedis({ args });
    onTestFinished(() => redis.stop());
    const { url } = await startHub({ env: { REDIS_URL: redis.url, LOG_LEVEL: "silent" } });
    const reply = await ask(url, "/ready");
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({
      ready: true,
      reason: null,
      warnings: words.map((word) => expect.stringMatching(word)),
    });
  },
);
