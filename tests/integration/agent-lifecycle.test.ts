import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../../server/store/open-store.ts";
import { DEFAULT_SWV_PARAMS } from "../../shared/electrochem/swv.ts";
import type { Bye } from "../../shared/protocol/agent-events.ts";
import { startTestAgent, temporaryFolder } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { newAgentKey, type RawAgent, startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { startRedis } from "../support/redis-server.ts";

const FILTERS = { pattern: "swv_{n}.txt" };

/** The next `agent_status` that a viewer is told. */
function nextStatus(viewer: Awaited<ReturnType<typeof startRawViewer>>, state: "online" | "offline") {
  return new Promise((resolve) => {
    viewer.socket.on("agent_status", (status) => {
      if (status.state === state) resolve(status);
    });
  });
}

describe("an agent's registration", () => {
  test("the User ID follows from the key alone: the same on every hub and after every restart", async () => {
    const key = newAgentKey();
    const first = await startRawAgent((await startHub()).url, { key });
    const second = await startRawAgent((await startHub()).url, { key });
    expect(second.userId).toBe(first.userId);
    expect(first.userId).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
  });

  test("the newest process of one key wins; the older is told and does not come back", async () => {
    const hub = await startHub();
    const older = await startRawAgent(hub.url);
    const farewell = older.bye();
    const newer = await startRawAgent(hub.url, { key: older.key });
    expect(await farewell).toMatchObject({ code: "replaced", retry: false });
    expect(newer.socket.connected).toBe(true);
    const [peer] = hub.hub.peers.all();
    expect(peer?.socket.id).toBe(newer.socket.id);
  });

  test("the same process on a new connection is not another: its old connection ends without a word", async () => {
    const hub = await startHub();
    const before = await startRawAgent(hub.url, { instance: "process-1" });
    let told = false;
    before.socket.on("bye", () => {
      told = true;
    });
    const gone = new Promise((resolve) => before.socket.once("disconnect", resolve));
    await startRawAgent(hub.url, { key: before.key, instance: "process-1" });
    await gone;
    expect(told).toBe(false);
  });

  test("the late disconnect of an old connection leaves the new one registered", async () => {
    const hub = await startHub();
    const viewer = await startRawViewer(hub.url);
    const old = await startRawAgent(hub.url);
    await viewer.ask("join", { user_id: old.userId });
    await startRawAgent(hub.url, { key: old.key });
    old.socket.disconnect();
    // A round trip behind the disconnect: whatever it did has been done.
    const { agent } = await viewer.ask("join", { user_id: old.userId });
    expect(agent.state).toBe("online");
    expect((await hub.hub.store.listRecords("agent_user_mapping")).size).toBe(1);
  });

  test("viewers hear at once when the agent goes and when it returns, and the session goes on", async () => {
    const hub = await startHub();
    const viewer = await startRawViewer(hub.url);
    const agent = await startRawAgent(hub.url, { name: "Potentiostat-3" });
    const user_id = agent.userId;
    await viewer.ask("join", { user_id });
    const { session } = await viewer.ask("start_analysis_session", {
      user_id,
      filters: FILTERS,
      analysisParams: DEFAULT_SWV_PARAMS,
    });
    const offline = nextStatus(viewer, "offline");
    agent.socket.disconnect();
    expect(await offline).toMatchObject({ name: "Potentiostat-3" });
    const refused = await viewer.request("start_analysis_session", {
      user_id,
      filters: FILTERS,
      analysisParams: DEFAULT_SWV_PARAMS,
    });
    expect(refused).toMatchObject({ ok: false, error: { code: "agent_offline", retryable: true } });
    const online = nextStatus(viewer, "online");
    const back = await startRawAgent(hub.url, { key: agent.key });
    await online;
    expect(back.filters[0] ?? (await back.nextFilters())).toMatchObject({
      session_id: session.session_id,
      filters: FILTERS,
    });
  });

  test("a second session over the same files is refused with what runs; after a stop it may start", async () => {
    const hub = await startHub();
    const viewer = await startRawViewer(hub.url);
    const { userId: user_id } = await startRawAgent(hub.url);
    await viewer.ask("join", { user_id });
    const start = (pattern: string) =>
      viewer.request("start_analysis_session", {
        user_id,
        filters: { pattern },
        analysisParams: DEFAULT_SWV_PARAMS,
      });
    const first = await start("swv_{n}.txt");
    if (!first.ok) throw new Error(first.error.message);
    const { session_id } = first.value.session;
    expect(await start("{*}.txt")).toMatchObject({
      ok: false,
      error: { code: "agent_busy", details: { session_id } },
    });
    expect(await start("other_{n}.txt")).toMatchObject({ ok: true });
    expect(await viewer.ask("stop_analysis_session", { user_id, session_id })).toMatchObject({
      agent_stopped: true,
      session: { state: "stopped" },
    });
    expect(await start("swv_{n}.txt")).toMatchObject({ ok: true });
  });

  test("with Redis, HGETALL agent_user_mapping lists the agent, its session, its socket and its hub, until it goes", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const hub = await startHub({ env: { REDIS_URL: redis.url, HUB_ID: "lab-1" } });
    const viewer = await startRawViewer(hub.url);
    const agent = await startRawAgent(hub.url);
    const user_id = agent.userId;
    await viewer.ask("join", { user_id });
    const { session } = await viewer.ask("start_analysis_session", {
      user_id,
      filters: FILTERS,
      analysisParams: DEFAULT_SWV_PARAMS,
    });

    const [field, value] = (await redis.cli("HGETALL", "agent_user_mapping")) as string[];
    expect(field).toBe(user_id);
    expect(JSON.parse(value ?? "")).toMatchObject({
      session_id: session.session_id,
      agent_sid: agent.socket.id,
      hub_id: "lab-1",
      connected_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });

    const offline = nextStatus(viewer, "offline");
    agent.socket.disconnect();
    await offline;
    expect(await redis.cli("HGETALL", "agent_user_mapping")).toEqual([]);
  });

  test("a hub with a store of its own takes what a killed one left behind out of the map when it starts", async () => {
    const dataDir = await temporaryFolder();
    const first = await startHub({ dataDir });
    const agent = await startRawAgent(first.url);
    // What a kill leaves behind: the records, with nobody to remove them.
    const mapping = await first.hub.store.getRecord("agent_user_mapping", agent.userId);
    await first.close();
    const store = await openStore({ redisUrl: undefined, dataDir, newId: newAgentKey });
    const { nonce } = JSON.parse(mapping ?? "");
    const [tag = ""] = [...(await store.listRecords("agents")).keys()];
    await store.compareAndSet([
      { collection: "agent_user_mapping", key: agent.userId, expected: null, next: mapping },
      { collection: "owners", key: tag, expected: null, next: nonce },
    ]);
    await store.close();
    const second = await startHub({ dataDir });
    expect((await second.hub.store.listRecords("agent_user_mapping")).size).toBe(0);
  });
});

describe("a process that was replaced stays replaced", () => {
  test("whichever of two reconnects, and however often, the newer one keeps its place and its files", async () => {
    const hub = await startHub();
    const older = await startRawAgent(hub.url, { instance: "process-a" });
    const newer = await startRawAgent(hub.url, { key: older.key, instance: "process-b" });
    let disturbed = false;
    newer.socket.on("disconnect", () => {
      disturbed = true;
    });
    for (let times = 0; times < 3; times += 1)
      expect(await comeBack(older)).toMatchObject({ code: "replaced", retry: false });
    expect(disturbed).toBe(false);

    newer.socket.disconnect();
    expect(await comeBack(older)).toMatchObject({ code: "replaced" });
    const again = new Promise((resolve) => newer.socket.once("registered", resolve));
    newer.socket.connect();
    await again;
    expect(hub.hub.peers.all().map(({ auth }) => auth.instance)).toEqual(["process-b"]);
    expect(await comeBack(older)).toMatchObject({ code: "replaced" });

    const viewer = await startRawViewer(hub.url);
    const user_id = newer.userId;
    await viewer.ask("join", { user_id });
    const { session } = await viewer.ask("start_analysis_session", {
      user_id,
      filters: FILTERS,
      analysisParams: DEFAULT_SWV_PARAMS,
    });
    expect(await newer.send(session.session_id, "swv_1.txt", simulatedFile(1))).toMatchObject({
      value: { outcome: "stored" },
    });
  });

  test("while nobody is there, too, and after the hub was killed", async () => {
    const hub = await startHubProcess();
    const older = await startRawAgent(hub.url, { instance: "process-a" });
    const newer = await startRawAgent(hub.url, { key: older.key, instance: "process-b" });
    newer.socket.disconnect();
    await hub.kill9();
    await hub.start();
    expect(await comeBack(older)).toMatchObject({ code: "replaced" });
    await startRawAgent(hub.url, { key: older.key, instance: "process-b" });
  });

  test("two that register in one moment: one holds the place, the other is told", async () => {
    const hub = await startHub();
    const { key } = await startRawAgent(hub.url, { instance: "process-0" });
    const ends = await Promise.allSettled(
      ["a", "b", "c", "d"].map((name) => startRawAgent(hub.url, { key, instance: `process-${name}` })),
    );
    const [peer, ...others] = hub.hub.peers.all();
    expect(others).toEqual([]);
    expect(ends.some(({ status }) => status === "fulfilled")).toBe(true);
    // What the hub holds in memory and what the store calls the owner are one and the same.
    const [mapping] = (await hub.hub.store.listRecords("agent_user_mapping")).values();
    expect(JSON.parse(mapping ?? "").agent_sid).toBe(peer?.socket.id);
    const [remembered] = (await hub.hub.store.listRecords("instances")).values();
    expect(JSON.parse(remembered ?? "").current).toBe(peer?.auth.instance);
  });

  test("the real agent says so, ends, and does not come back", async () => {
    const hub = await startHub();
    const first = await startTestAgent(hub.url);
    const second = await startTestAgent(hub.url, { configFolder: first.configFolder });
    expect(await first.agent.ended).toMatchObject({ is: "sent-away", code: "replaced" });
    expect(second.agent.report().connection.is).toBe("connected");
  });
});

/** Connects an agent's socket again; resolves with how the hub sends it away. */
function comeBack({ socket }: RawAgent): Promise<Bye> {
  const bye = new Promise<Bye>((resolve) => void socket.once("bye", resolve));
  socket.connect();
  return bye;
}

describe("an agent that is started on another folder", () => {
  const write = async (folder: string, from: number) => {
    for (const n of [1, 2]) await writeFile(join(folder, `swv_${n}.txt`), simulatedFile(from + n));
  };

  test("ends the sessions of the one before: files of two folders with the same names never meet in one log", async () => {
    const hub = await startHub();
    const [monday, tuesday] = [await temporaryFolder(), await temporaryFolder()];
    await write(monday, 0);
    await write(tuesday, 100);
    const first = await startTestAgent(hub.url, { folder: monday });
    const { configFolder } = first;
    const user_id = first.agent.userId;
    const viewer = await startRawViewer(hub.url);
    await viewer.ask("join", { user_id });
    const wish = { user_id, filters: FILTERS, analysisParams: {} };
    const { session } = await viewer.ask("start_analysis_session", wish);
    const { session_id } = session;
    await viewer.pushed(session_id, 2);

    // The same folder again: it goes on.
    await first.agent.stop();
    const again = await startTestAgent(hub.url, { folder: monday, configFolder });
    await writeFile(join(monday, "swv_3.txt"), simulatedFile(3));
    await viewer.pushed(session_id, 3);
    await again.agent.stop();

    const stopped = new Promise((resolve) => {
      viewer.socket.on("session_state", (state) => {
        if (state.session_id === session_id && state.state === "stopped") resolve(state);
      });
    });
    const third = await startTestAgent(hub.url, { folder: tuesday, configFolder });
    await stopped;
    const [ended] = (await viewer.ask("list_sessions", { user_id })).sessions;
    expect(ended).toMatchObject({ session_id, state: "stopped", stopped_because: "other-folder", head: 3 });
    expect(ended).not.toHaveProperty("folder_id");

    // The new folder has a session of its own, with its own files alone.
    const { session: next } = await viewer.ask("start_analysis_session", wish);
    await viewer.pushed(next.session_id, 2);
    const revisions = async (id: string) =>
      (await viewer.log(user_id, id)).entries.map(({ revision }) => revision);
    expect(await revisions(next.session_id)).toEqual([1, 1]);
    expect(await revisions(session_id)).toEqual([1, 1, 1]);
    expect(third.agent.report().sessions).toBe(1);
  });
});
