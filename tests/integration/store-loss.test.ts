import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { CarriedSession } from "../../shared/protocol/agent-events.ts";
import { MAX_DESCRIPTOR_LENGTH } from "../../shared/protocol/limits.ts";
import type { SessionStatePush } from "../../shared/protocol/viewer-events.ts";
import { startTestAgent } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";
import { readyExport } from "../support/ready-export.ts";
import { startRedis } from "../support/redis-server.ts";

/** The long form of the promise: `STORE_LOSS_FILES=10000 npx vitest run store-loss`. */
const FILES = Number(process.env.STORE_LOSS_FILES ?? 300);
/** [I5] After Redis was flushed, 10,000 scans are there again within this. */
const CONVERGED = { timeout: 60_000, interval: 50 };
const LONG_MS = 120_000 + FILES * 60;
const FILTERS = { pattern: "swv_{n}.txt" };

/** A file appears in the folder whole, as instruments that rename do it. */
async function instrumentWrites(folder: string, n: number, content = simulatedFile(n)): Promise<void> {
  await writeFile(join(folder, `swv_${n}.part`), content);
  await rename(join(folder, `swv_${n}.part`), join(folder, `swv_${n}.txt`));
}

/** Name → hash of what is in the folder. */
function hashesIn(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return new Map(names.map((name) => [name, sha256(readFileSync(join(folder, name)))]));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Name → hash of its newest row, from the hub's own store; and that offsets have no holes. */
async function hashesInLog({ hub }: TestHub, tag: string, sessionId: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (let since = 0; ; ) {
    const page = await hub.store.readLog(`${tag}/${sessionId}`, { since, limit: 1_000, version: 1 });
    if (page === null) throw new Error("the log is gone");
    for (const row of page.rows) {
      expect(row.offset).toBe(since);
      since += 1;
      hashes.set(row.name, row.sha256);
    }
    if (since >= page.head) return hashes;
  }
}

/** The latest state of a session that the hub has told this viewer. */
function statesOf(viewer: RawViewer): Map<string, SessionStatePush> {
  const states = new Map<string, SessionStatePush>();
  viewer.socket.on("session_state", (state) => void states.set(state.session_id, state));
  return states;
}

async function redisHub(args: readonly string[] = []) {
  const redis = await startRedis({ args });
  onTestFinished(() => redis.stop());
  const hub = await startHub({ env: { REDIS_URL: redis.url, HUB_ID: "test-hub" } });
  return { redis, hub };
}

async function startSession(viewer: RawViewer, user_id: string, analysisParams = {}) {
  await viewer.ask("join", { user_id });
  return viewer.ask("start_analysis_session", { user_id, filters: FILTERS, analysisParams });
}

/** A hub on a Redis, an agent by hand, and a viewer that has started its session. */
async function connectedScene() {
  const { redis, hub } = await redisHub();
  const agent = await startRawAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const states = statesOf(viewer);
  const { session_id, epoch } = (await startSession(viewer, agent.userId)).session;
  return { redis, agent, viewer, states, session_id, epoch };
}

describe("a Redis that was flushed under load", () => {
  test(
    "[R3] gives sessions, parameters, registrations and every file back by itself; readers are told",
    async () => {
      const { redis, hub } = await redisHub();
      const { agent, folder } = await startTestAgent(hub.url);
      const user_id = agent.userId;
      const early = Math.floor(FILES / 2);
      for (let n = 1; n <= early; n += 1) await instrumentWrites(folder, n);
      const viewer = await startRawViewer(hub.url);
      const states = statesOf(viewer);
      const { session } = await startSession(viewer, user_id, { min_snr: 2.5, cutoff_hz: 51 });
      const { session_id, epoch } = session;
      const link = readyExport(await viewer.ask("request_export_data", { user_id, session_id }));
      await viewer.pushed(session_id, Math.floor(early / 2));
      const before = (await viewer.ask("list_sessions", { user_id })).sessions[0];

      await redis.cli("FLUSHALL");
      const impostors = [1, 2, 3].map(() => impostor(hub.url, before ?? session));
      for (let n = early + 1; n <= FILES; n += 1) await instrumentWrites(folder, n);

      await vi.waitFor(() => {
        const state = states.get(session_id);
        expect(state?.epoch).not.toBe(epoch);
        expect(state?.head).toBe(FILES);
      }, CONVERGED);
      const [peer] = hub.hub.peers.all().filter(({ registration }) => registration.user_id === user_id);
      expect(await hashesInLog(hub, peer?.registration.tag ?? "", session_id)).toEqual(hashesIn(folder));
      const { sessions, agent: status } = await viewer.ask("join", { user_id });
      const { epoch: _old, head: _before, ...kept } = before ?? session;
      expect(sessions).toEqual([{ ...kept, epoch: states.get(session_id)?.epoch, head: FILES }]);
      expect(status.state).toBe("online");
      const old = await viewer.request("read_log", { user_id, session_id, since: 1, epoch });
      expect(old).toMatchObject({ ok: false, error: { code: "epoch_changed" } });
      const stale = await fetch(`${hub.url}${link.path}`);
      expect([stale.status, await stale.text()]).toEqual([409, expect.stringContaining("epoch_changed")]);
      const fresh = readyExport(await viewer.ask("request_export_data", { user_id, session_id }));
      const download = await fetch(`${hub.url}${fresh.path}`);
      expect(download.status).toBe(200);
      expect((await download.text()).split("\r\n").filter((line) => line !== "")).toHaveLength(1 + 2 * FILES);

      await expectTrueMap(hub, redis, user_id, session_id);
      for (const other of await Promise.all(impostors)) expect(other.userId).not.toBe(user_id);
    },
    LONG_MS,
  );
});

/** Somebody who knows everything of the session but the key: he gets a place of his own, and that session in it. */
async function impostor(url: string, { epoch: _, head: __, ...record }: SessionSummaryLike) {
  const positions = [{ epoch: "forged", head: 1_000_000 }];
  const descriptor = JSON.stringify({ store_id: "elsewhere", record, positions });
  const carried = { session_id: record.session_id, descriptor, epoch: "forged", head: 1_000_000 };
  const other = await startRawAgent(url, { sessions: [carried] });
  await (other.filters[0] ?? other.nextFilters());
  return other;
}
type SessionSummaryLike = Awaited<ReturnType<typeof startSession>>["session"];

/** HGETALL agent_user_mapping says where the agent really is. */
async function expectTrueMap(
  { hub }: TestHub,
  redis: Awaited<ReturnType<typeof startRedis>>,
  user_id: string,
  session_id: string | null,
): Promise<void> {
  const peer = hub.peers.all().find(({ registration }) => registration.user_id === user_id);
  const text = await redis.cli("HGET", "agent_user_mapping", user_id);
  expect(JSON.parse(String(text))).toMatchObject({
    session_id,
    agent_sid: peer?.socket.id,
    hub_id: "test-hub",
    nonce: peer?.registration.nonce,
  });
}

describe("what an agent carries", () => {
  /** A hub with a session of three files whose agent has gone, and what that agent carried. */
  async function leftBehind(hub: TestHub) {
    const agent = await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    const user_id = agent.userId;
    const { session } = await startSession(viewer, user_id);
    const { session_id } = session;
    let acked = { epoch: "", offset: 0 };
    for (const n of [1, 2, 3]) {
      const ack = await agent.send(session_id, `swv_${n}.txt`, simulatedFile(n));
      if (ack.ok && ack.value.outcome === "stored") acked = ack.value;
    }
    const descriptor = agent.filters.at(-1)?.descriptor ?? "";
    const carried: CarriedSession = { session_id, descriptor, epoch: acked.epoch, head: acked.offset + 1 };
    const gone = new Promise((resolve) => viewer.socket.once("agent_status", resolve));
    agent.socket.disconnect();
    await gone;
    return { viewer, user_id, key: agent.key, session, carried };
  }

  /** The agent comes back; resolves with what the hub asked of it in the beginning. */
  async function comeBack(hub: TestHub, key: string, sessions: readonly CarriedSession[]) {
    const stopped: string[] = [];
    const agent = await startRawAgent(hub.url, {
      key,
      sessions,
      onSocket: (socket) => socket.on("stop_data_stream", ({ session_id }) => void stopped.push(session_id)),
    });
    return { agent, stopped };
  }

  test("[R3] restores its sessions in a store that is another one, with their parameters", async () => {
    const first = await startHub();
    const { key, session, carried } = await leftBehind(first);
    await first.close();
    const second = await startHub();
    const { agent } = await comeBack(second, key, [carried]);
    const { filters, descriptor } = agent.filters[0] ?? (await agent.nextFilters());
    expect(filters).toEqual(FILTERS);
    expect(descriptor).not.toBe(carried.descriptor);
    const viewer = await startRawViewer(second.url);
    const { sessions } = await viewer.ask("join", { user_id: agent.userId });
    expect(sessions).toMatchObject([{ session_id: session.session_id, label: session.label, head: 0 }]);
    expect(sessions[0]?.epoch).not.toBe(session.epoch);
  });

  test("[R3] leaves a log alone that is all there", async () => {
    const hub = await startHub();
    const { viewer, key, user_id, session, carried } = await leftBehind(hub);
    const { agent } = await comeBack(hub, key, [carried]);
    await (agent.filters[0] ?? agent.nextFilters());
    const { sessions } = await viewer.ask("list_sessions", { user_id });
    expect(sessions).toMatchObject([{ session_id: session.session_id, epoch: session.epoch, head: 3 }]);
  });

  test("brings no session back that was stopped: it is told to carry it no more", async () => {
    const hub = await startHub();
    const { viewer, key, user_id, carried } = await leftBehind(hub);
    const { session_id } = carried;
    await viewer.ask("stop_analysis_session", { user_id, session_id });
    const { stopped } = await comeBack(hub, key, [carried]);
    await vi.waitFor(() => expect(stopped).toEqual([session_id]));
    expect((await viewer.ask("list_sessions", { user_id })).sessions).toMatchObject([{ state: "stopped" }]);
  });

  test("brings no session back that was deleted from this very store", async () => {
    const hub = await startHub();
    const { viewer, key, user_id, carried } = await leftBehind(hub);
    const [tag] = [...(await hub.hub.store.listRecords("agents")).keys()];
    const expected = await hub.hub.store.getRecord(`sessions/${tag}`, carried.session_id);
    await hub.hub.store.compareAndSet([
      { collection: `sessions/${tag}`, key: carried.session_id, expected, next: null },
    ]);
    const { stopped } = await comeBack(hub, key, [carried]);
    await vi.waitFor(() => expect(stopped).toEqual([carried.session_id]));
    expect((await viewer.ask("list_sessions", { user_id })).sessions).toEqual([]);
  });

  test("[R3] proves by its head that the log was longer: it gets another epoch, and the files are wanted again", async () => {
    const hub = await startHub();
    const { viewer, key, user_id, session, carried } = await leftBehind(hub);
    const ahead = { ...carried, head: 5 };
    const { agent } = await comeBack(hub, key, [ahead]);
    await (agent.filters[0] ?? agent.nextFilters());
    const [rotated] = (await viewer.ask("list_sessions", { user_id })).sessions;
    // What is there stays: only positions in it mean nothing any more.
    expect(rotated).toMatchObject({ head: 3 });
    expect(rotated?.epoch).not.toBe(session.epoch);
    const again = await agent.send(carried.session_id, "swv_1.txt", simulatedFile(1));
    expect(again).toMatchObject({ ok: true, value: { outcome: "duplicate", epoch: rotated?.epoch } });
  });

  test("is read with care: nonsense and too much of it restore nothing and harm nobody", async () => {
    const hub = await startHub();
    const { viewer, key, user_id, session, carried } = await leftBehind(hub);
    const other = "another_session_id";
    const nonsense = ["", "{}", "null", "[", carried.descriptor].map((descriptor) => ({
      ...carried,
      session_id: other,
      descriptor,
    }));
    const { agent } = await comeBack(hub, key, nonsense);
    await (agent.filters[0] ?? agent.nextFilters());
    const { sessions } = await viewer.ask("list_sessions", { user_id });
    expect(sessions).toMatchObject([{ session_id: session.session_id, epoch: session.epoch }]);
    for (const tooMuch of [
      Array.from({ length: 17 }, () => carried),
      [{ ...carried, descriptor: "x".repeat(MAX_DESCRIPTOR_LENGTH + 1) }],
    ]) {
      const refused = startRawAgent(hub.url, { key: newAgentKey(), sessions: tooMuch });
      await expect(refused).rejects.toThrow(/sessions/);
    }
  });
});

describe("a log that became shorter while its agent is connected", () => {
  test("[R3] gets another epoch, the agent its filters, and viewers hear of it", async () => {
    const { redis, agent, states, session_id, epoch } = await connectedScene();
    for (const n of [1, 2, 3, 4]) await agent.send(session_id, `swv_${n}.txt`, simulatedFile(n));
    // As after a failover to a replica that was behind: the last two rows are missing.
    const [rows] = (await redis.cli("KEYS", "benchcast:log:rows:*")) as string[]; // KEYS answers with a list
    await redis.cli("LTRIM", rows ?? "", "0", "1");
    const again = await agent.nextFilters();
    expect(again).toMatchObject({ session_id, filters: FILTERS });
    await vi.waitFor(() => {
      expect(states.get(session_id)).toMatchObject({ head: 2 });
      expect(states.get(session_id)?.epoch).not.toBe(epoch);
    }, CONVERGED);
  });
});

describe("a log that went back and grew again between two looks at it", () => {
  test("[R3] is known by an offset that was given twice: another epoch, and every file comes again", async () => {
    const { redis, agent, viewer, states, session_id, epoch } = await connectedScene();
    const send = (n: number) => agent.send(session_id, `swv_${n}.txt`, simulatedFile(n));
    for (const n of [1, 2, 3]) await send(n);
    const keys = (await redis.cli("KEYS", "benchcast:log:*")) as string[]; // KEYS answers with a list
    for (const key of keys) await redis.cli("COPY", key, `behind:${key}`);
    for (const n of [4, 5, 6]) await send(n);
    // As after a failover to a replica that was behind, under load: what was lost is made up for in number.
    const again = agent.nextFilters();
    const goBack = "for _, key in ipairs(KEYS) do redis.call('COPY', 'behind:' .. key, key, 'REPLACE') end";
    await redis.cli("EVAL", goBack, String(keys.length), ...keys);
    const stored = await Promise.all([7, 8, 9, 10].map(send));
    expect(stored).toMatchObject(stored.map(() => ({ ok: true, value: { outcome: "stored" } })));
    expect(await again).toMatchObject({ session_id, filters: FILTERS });
    await vi.waitFor(() => expect(states.get(session_id)?.epoch).not.toBe(epoch), CONVERGED);
    for (const n of [4, 5, 6]) expect(await send(n)).toMatchObject({ value: { outcome: "stored" } });
    expect((await viewer.log(agent.userId, session_id)).names.toSorted()).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `swv_${n}.txt`).toSorted(),
    );
  });
});

describe("an embedded store that was deleted while its hub was down", () => {
  test(
    "[R3] is filled again from the agent's sessions and folder",
    async () => {
      const hub = await startHubProcess();
      const { agent, folder } = await startTestAgent(hub.url);
      const user_id = agent.userId;
      for (let n = 1; n <= 40; n += 1) await instrumentWrites(folder, n);
      let viewer = await startRawViewer(hub.url);
      const { session } = await startSession(viewer, user_id, { min_snr: 2.5 });
      const { session_id } = session;
      await viewer.pushed(session_id, 40);
      await hub.kill9();
      for (const ending of ["", "-wal", "-shm"]) {
        await rm(join(hub.dataDir, `benchcast.db${ending}`), { force: true });
      }
      await instrumentWrites(folder, 41);
      await hub.start();
      await vi.waitFor(async () => {
        viewer.socket.disconnect();
        viewer = await startRawViewer(hub.url);
        const { sessions } = await viewer.ask("join", { user_id });
        expect(sessions).toMatchObject([{ session_id, state: "running", head: 41 }]);
      }, CONVERGED);
      const { sessions } = await viewer.ask("list_sessions", { user_id });
      expect(sessions).toMatchObject([{ label: session.label, params: { min_snr: 2.5 } }]);
      expect(sessions[0]?.epoch).not.toBe(session.epoch);
      const { names } = await viewer.log(user_id, session_id);
      expect(names.toSorted()).toEqual([...hashesIn(folder).keys()].toSorted());
    },
    LONG_MS,
  );
});
