import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type Agent, startAgent } from "../../agent/agent.ts";
import type { SessionStatePush } from "../../shared/protocol/viewer-events.ts";
import { startTestAgent, temporaryFolder } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { freePort } from "../support/free-port.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";

/** [I5] Everything is there again this long after Redis is. */
const HEALED = { timeout: 20_000, interval: 50 };
const FILES = 12;

interface Fault {
  readonly what: string;
  readonly begin: (redis: RedisServer) => unknown;
  readonly end: (redis: RedisServer) => unknown;
  /** What an agent's file is answered with. */
  readonly code: "store_unavailable" | "store_full";
}

const FAULTS: readonly Fault[] = [
  {
    what: "was killed",
    begin: (redis) => redis.kill9(),
    end: (redis) => redis.restart(),
    code: "store_unavailable",
  },
  {
    what: "stands still",
    begin: (redis) => redis.sigstop(),
    end: (redis) => redis.sigcont(),
    code: "store_unavailable",
  },
  {
    what: "became a read-only replica",
    begin: async (redis) => redis.cli("REPLICAOF", "127.0.0.1", String(await freePort())),
    end: (redis) => redis.cli("REPLICAOF", "NO", "ONE"),
    code: "store_unavailable",
  },
  {
    what: "is out of memory",
    begin: (redis) => redis.cli("CONFIG", "SET", "maxmemory", "1mb"),
    end: (redis) => redis.cli("CONFIG", "SET", "maxmemory", "0"),
    code: "store_full",
  },
];

describe.each(FAULTS)("a Redis that $what", ({ begin, end, code }) => {
  test("[R2] acknowledges nothing; the hub says so, stays, and everything is true again by itself", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const hub = await startHub({ env: { REDIS_URL: redis.url, LOG_LEVEL: "fatal" } });
    const { agent, folder } = await startTestAgent(hub.url);
    const bystander = await startRawAgent(hub.url, { name: "sends by hand" });
    const leaving = await startRawAgent(hub.url, { name: "leaves meanwhile" });
    const session = await running(hub, agent.userId);
    for (let n = 1; n <= FILES; n += 1) await instrumentWrites(folder, n);
    await vi.waitFor(() => expect(session.state()?.head).toBe(FILES), HEALED);
    const own = await running(hub, bystander.userId);

    await begin(redis);
    for (let n = FILES + 1; n <= 2 * FILES; n += 1) await instrumentWrites(folder, n);
    const refused = await bystander.send(own.session_id, "swv_1.txt", simulatedFile(1));
    expect(refused).toMatchObject({ ok: false, error: { code, retryable: true } });
    expect(await health(hub)).toMatchObject({ status: "degraded", store: expect.stringContaining("Redis") });
    leaving.socket.disconnect();
    const coming = await startComingAgent(hub);
    // It was told to come back later.
    await vi.waitFor(() => expect(coming.report().connection.is).toBe("offline"), HEALED);
    expect(agent.report().files.owed).toBe(FILES);

    await end(redis);
    await vi.waitFor(() => expect(session.state()?.head).toBe(2 * FILES), HEALED);
    expect(session.state()?.epoch).toBe(session.epoch);
    const sent = await bystander.send(own.session_id, "swv_1.txt", simulatedFile(1));
    // The refused one may have been written all the same, when only the reply was lost.
    expect(sent).toMatchObject({ ok: true, value: { offset: 0 } });
    await vi.waitFor(async () => {
      expect(await health(hub)).toMatchObject({ status: "ok" });
      const map = await hub.hub.store.listRecords("agent_user_mapping");
      const expected = [agent.userId, bystander.userId, coming.userId];
      expect([...map.keys()].toSorted()).toEqual(expected.toSorted());
      const connected = new Set(hub.hub.peers.all().map(({ socket }) => socket.id));
      expect(new Set([...map.values()].map((text) => JSON.parse(text).agent_sid))).toEqual(connected);
    }, HEALED);
    const left = await startRawViewer(hub.url);
    expect(await left.ask("join", { user_id: leaving.userId })).toMatchObject({
      agent: { state: "offline" },
    });
  });
});

/** An agent that starts while the store is away. */
async function startComingAgent({ url }: TestHub): Promise<Agent> {
  const [folder, configFolder] = [await temporaryFolder(), await temporaryFolder()];
  const agent = startAgent({ hubUrl: url, folder, configFolder });
  onTestFinished(() => agent.stop());
  return agent;
}

async function health({ url }: TestHub): Promise<unknown> {
  const reply = await fetch(`${url}/health`);
  expect(reply.status).toBe(200);
  return reply.json();
}

/** A running session of that agent, and what a viewer is told of it. */
async function running(hub: TestHub, user_id: string) {
  const viewer = await startRawViewer(hub.url);
  let latest: SessionStatePush | undefined;
  viewer.socket.on("session_state", (state) => {
    latest = state;
  });
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  return { session_id: session.session_id, epoch: session.epoch, state: () => latest };
}

/** A file appears in the folder whole, as instruments that rename do it. */
async function instrumentWrites(folder: string, n: number): Promise<void> {
  await writeFile(join(folder, `swv_${n}.part`), simulatedFile(n));
  await rename(join(folder, `swv_${n}.part`), join(folder, `swv_${n}.txt`));
}
