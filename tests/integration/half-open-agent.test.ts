import { expect, onTestFinished, test } from "vitest";
import { startHubs } from "../support/hubs.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";

/** How often the map is looked at: more often than anything in it could change and change back. */
const LOOK_MS = 100;

/** Two hubs; what one of them is told of its agents' leaving for the other is lost on the way. */
async function startDeafPair() {
  const { redis, start } = await startHubs(0, { HUB_LEASE_S: "60" });
  let lost = 0;
  const way = await TcpProxy.start(`http://127.0.0.1:${redis.port}`, (_link, direction, chunk) => {
    const isTheWord = direction === "down" && chunk.includes("retire_agent");
    if (isTheWord) lost += 1;
    return !isTheWord;
  });
  onTestFinished(() => way.close());
  const a = await start(0, { env: { REDIS_URL: `redis://127.0.0.1:${new URL(way.url).port}` } });
  const b = await start(1);
  await Promise.all([a, b].map(({ hub }) => hub.fleet.look()));
  const mapping = async (userId: string) =>
    JSON.parse(String(await redis.cli("HGET", "agent_user_mapping", userId))) as object;
  return { a, b, redis, mapping, lost: () => lost };
}

test("[R7] an agent's old connection hangs half-open at one hub while it is at another: when that notices, the map stays as it is", async () => {
  const { a, b, redis, mapping, lost } = await startDeafPair();
  const way = await TcpProxy.start(a.url);
  onTestFinished(() => way.close());
  const before = await startRawAgent(way.url, { instance: "process-1" });
  const { userId } = before;
  const viewer = await startRawViewer(a.url);
  await viewer.ask("join", { user_id: userId });
  expect(await mapping(userId)).toMatchObject({ hub_id: "a", agent_sid: before.socket.id });

  way.silence();
  const after = await startRawAgent(b.url, { key: before.key, instance: "process-1" });
  const there = { hub_id: "b", agent_sid: after.socket.id };
  expect(await mapping(userId)).toMatchObject(there);
  expect(a.hub.peers.all()).toHaveLength(1);
  // Nobody tells the old hub: it notices by itself, when the beats of the old connection stay away.
  await expect
    .poll(
      async () => {
        expect(await mapping(userId)).toMatchObject(there);
        return a.hub.peers.all().length;
      },
      { timeout: 30_000, interval: LOOK_MS },
    )
    .toBe(0);
  expect(lost()).toBeGreaterThan(0);
  // A round trip of that hub to Redis, behind whatever the disconnect did.
  const { agent } = await viewer.ask("join", { user_id: userId });
  expect(agent.state).toBe("online");
  expect(await redis.cli("HGETALL", "agent_user_mapping")).toEqual([userId, expect.any(String)]);
  expect(await mapping(userId)).toMatchObject(there);
});
