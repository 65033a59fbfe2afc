import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { logKey } from "../../server/sessions/session-book.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import { MAX_PART_BYTES } from "../../shared/protocol/limits.ts";
import type { AgentStatus } from "../../shared/protocol/session.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubs, type TestHubs } from "../support/hubs.ts";
import { type RawAgent, sendWhole, startRawAgent } from "../support/raw-agent.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";

const FILTERS = { pattern: "swv_{n}.txt" };
const HANDLE = { filters: FILTERS, analysisParams: {} };

async function pairOfHubs(env: Readonly<Record<string, string>> = {}) {
  const many = await startHubs(2, env);
  const [a, b] = many.hubs;
  if (a === undefined || b === undefined) throw new Error("There are two.");
  return { ...many, a, b };
}

async function mapping({
  redis,
}: Pick<TestHubs, "redis">): Promise<Record<string, { hub_id: string; agent_sid: string }>> {
  const words = (await redis.cli("HGETALL", "agent_user_mapping")) as string[];
  const pairs = words.flatMap((word, at) => (at % 2 === 0 ? [[word, JSON.parse(words[at + 1] ?? "")]] : []));
  return Object.fromEntries(pairs);
}

async function watching(url: string, { userId }: RawAgent): Promise<RawViewer> {
  const viewer = await startRawViewer(url);
  await viewer.ask("join", { user_id: userId });
  return viewer;
}

function told<T>(
  viewer: RawViewer,
  event: "agent_status",
  matches: (status: AgentStatus) => T,
): Promise<AgentStatus> {
  return new Promise((resolve) => {
    viewer.socket.on(event, (status) => {
      if (matches(status)) resolve(status);
    });
  });
}

function digest(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : createHash("sha256").update(bytes).digest("hex");
}

describe("a viewer on another hub than the agent", () => {
  test("looks into the folder, starts, follows, sees curves and stops as if it were on the same", async () => {
    const { a, b } = await pairOfHubs();
    const agent = await startRawAgent(a.url);
    for (let n = 1; n <= 3; n += 1) agent.files.set(`swv_${n}.txt`, simulatedFile(n));
    const user_id = agent.userId;
    const viewer = await watching(b.url, agent);
    const { proposals } = await viewer.ask("describe_folder", { user_id });
    expect(proposals).toMatchObject([{ filters: FILTERS, files: 3 }]);
    const [proposal] = proposals;
    if (proposal === undefined) throw new Error("nothing proposed");
    const preview = await viewer.ask("preview_file", { user_id, name: "swv_1.txt", params: proposal.params });
    expect(preview.voltammograms.heads.length).toBeGreaterThan(0);

    const filters = agent.nextFilters();
    const { session, matching } = await viewer.ask("start_analysis_session", { user_id, ...HANDLE });
    expect(matching).toBe(3);
    const { session_id } = session;
    expect(await filters).toMatchObject({ session_id, filters: FILTERS });

    const pushed = new Promise((resolve) => viewer.socket.once("live_analysis_update", resolve));
    // The agent's hub hears of its viewers on others within a second of the join; until then heads tell them.
    await expect.poll(() => a.hub.elsewhere.count(userTag(user_id as UserId))).toBe(1);
    expect(await agent.send(session_id, "swv_1.txt", simulatedFile(1))).toMatchObject({ ok: true });
    expect(await pushed).toMatchObject({ session_id, since: 0, names: ["swv_1.txt"] });
    await viewer.headAt(session_id, 1);

    const stopped = await viewer.ask("stop_analysis_session", { user_id, session_id });
    expect(stopped).toMatchObject({ agent_stopped: true, session: { state: "stopped" } });
    expect(await agent.send(session_id, "swv_2.txt", simulatedFile(2))).toMatchObject({
      ok: false,
      error: { code: "session_not_running" },
    });
  });

  test("what it watches live is computed where the agent is, and pushed to it", async () => {
    const { a, b } = await pairOfHubs();
    const agent = await startRawAgent(a.url);
    const user_id = agent.userId;
    const viewer = await watching(b.url, agent);
    const { session } = await viewer.ask("start_analysis_session", { user_id, ...HANDLE });
    const { session_id } = session;
    await agent.send(session_id, "swv_1.txt", simulatedFile(1));
    const { results } = await viewer.log(user_id, session_id);
    const [first] = results;
    const trace = { electrode: first?.electrode ?? 0, frequency_hz: first?.frequency_hz ?? null };
    await viewer.ask("watch_traces", { user_id, session_id, traces: [trace] });
    const tag = userTag(user_id as UserId);
    await expect.poll(() => a.hub.elsewhere.traces(tag, session_id)).toEqual([trace]);
    const pushed = new Promise<{ curves: { heads: unknown[] } }>((resolve) =>
      viewer.socket.once("live_analysis_update", resolve as never),
    );
    await agent.send(session_id, "swv_2.txt", simulatedFile(2));
    expect((await pushed).curves.heads).toHaveLength(1);
  });

  test("counts for the agent, whichever hub it came to, and hears how its folder stands", async () => {
    const { a, b } = await pairOfHubs();
    const counts: number[] = [];
    const agent = await startRawAgent(a.url, {
      onSocket: (socket) => socket.on("viewer_count", ({ viewers }) => counts.push(viewers)),
    });
    await watching(a.url, agent);
    const viewer = await watching(b.url, agent);
    await expect.poll(() => counts.at(-1)).toBe(2);
    const files = { seen: 7, matching: 5, owed: 2 };
    const status = told(viewer, "agent_status", (one) => one.files?.seen === 7);
    await agent.socket.emitWithAck("folder_state", files);
    expect(await status).toMatchObject({ state: "online", files });
    // Who comes later is told by the agent's hub, not by the store: there are no counts in it.
    const later = await startRawViewer(b.url);
    await expect
      .poll(async () => (await later.ask("join", { user_id: agent.userId })).agent.files, { timeout: 10_000 })
      .toEqual(files);
    viewer.socket.disconnect();
    await expect.poll(() => counts.at(-1), { timeout: 5_000 }).toBe(2); // the later one is there instead
  });

  test("finds no place past the limit that all hubs share, and finds one when somebody has left", async () => {
    const { a, b } = await pairOfHubs({ MAX_VIEWERS_PER_AGENT: "2" });
    const agent = await startRawAgent(a.url);
    const user_id = agent.userId;
    const tag = userTag(user_id as UserId);
    const first = await watching(a.url, agent);
    await watching(b.url, agent);
    const counted = () => [a, b].map(({ hub }) => hub.standings.viewers(tag));
    await expect.poll(counted, { timeout: 15_000 }).toEqual([2, 2]);
    for (const { url } of [a, b])
      expect(await (await startRawViewer(url)).request("join", { user_id })).toMatchObject({
        error: { code: "too_many_viewers", details: { limit: 2 } },
      });
    first.socket.disconnect();
    await expect.poll(counted, { timeout: 15_000 }).toEqual([1, 1]);
    expect(await (await startRawViewer(b.url)).request("join", { user_id })).toMatchObject({ ok: true });
  });

  test("is told agent_offline when the agent is on no hub", async () => {
    const { a, b } = await pairOfHubs();
    const agent = await startRawAgent(a.url);
    const viewer = await watching(b.url, agent);
    const offline = told(viewer, "agent_status", ({ state }) => state === "offline");
    agent.socket.disconnect();
    await offline;
    const user_id = agent.userId;
    for (const answer of [
      await viewer.request("describe_folder", { user_id }),
      await viewer.request("start_analysis_session", { user_id, ...HANDLE }),
    ])
      expect(answer).toMatchObject({ ok: false, error: { code: "agent_offline", retryable: true } });
  });

  test("sees a session that somebody started through another hub with the next head", async () => {
    const { a, b } = await pairOfHubs();
    const agent = await startRawAgent(a.url);
    const viewer = await watching(b.url, agent);
    const other = await watching(a.url, agent);
    await viewer.socket.emitWithAck("list_sessions", { user_id: agent.userId });
    const { session } = await other.ask("start_analysis_session", { user_id: agent.userId, ...HANDLE });
    expect(await viewer.headAt(session.session_id, 0)).toMatchObject({ state: "running", head: 0 });
  });
});

describe("the file behind a row", () => {
  test("is found on the hub that it came to, then in the agent's folder, and its hash is held against the log", async () => {
    const { a, b } = await pairOfHubs();
    const agent = await startRawAgent(a.url);
    const user_id = agent.userId;
    const viewer = await watching(b.url, agent);
    const { session } = await viewer.ask("start_analysis_session", { user_id, ...HANDLE });
    const { session_id } = session;
    const large = simulatedFile(1, { electrodes: 8, step_v: 0.0001 });
    expect(large.length).toBeGreaterThan(MAX_PART_BYTES);
    await sendWhole(agent, session_id, { filename: "swv_1.txt" }, large);
    const key = logKey(userTag(user_id as UserId), session_id);
    expect(digest(await b.hub.store.readRaw(key, 0))).toBe(digest(large));
    expect(
      (await viewer.ask("get_voltammogram", { user_id, session_id, offset: 0 })).voltammograms.heads,
    ).toHaveLength(8);

    await agent.send(session_id, "swv_2.txt", simulatedFile(2));
    // Larger than what is read to choose settings by looking: a session takes it, so it is found again.
    const largest = Buffer.concat([large, Buffer.alloc(3 * 1024 * 1024, "\n")]);
    await sendWhole(agent, session_id, { filename: "swv_3.txt" }, largest);
    // The hub that has it is gone as far as the other can see; the agent still has the file in its folder.
    b.hub.fleet.sisters = () => [];
    b.hub.fleet.census = async () => ({ living: [], justLeft: [] });
    const back = await startRawAgent(b.url, { key: agent.key });
    back.files.set("swv_2.txt", simulatedFile(2));
    back.files.set("swv_3.txt", largest);
    expect(digest(await b.hub.store.readRaw(key, 1))).toBe(digest(simulatedFile(2)));
    expect(digest(await b.hub.store.readRaw(key, 2))).toBe(digest(largest));
    back.files.set("swv_2.txt", simulatedFile(3));
    const answer = await viewer.request("get_voltammogram", { user_id, session_id, offset: 1 });
    expect(answer).toMatchObject({ ok: false, error: { code: "raw_gone" } });
  });
});

describe("pushes of one agent", () => {
  test("reach the hubs where somebody watches it, and no other", async () => {
    const { redis, a, b } = await pairOfHubs();
    const agent = await startRawAgent(a.url);
    const stranger = await startRawAgent(b.url);
    await watching(b.url, stranger);
    const here = await watching(a.url, agent);
    const { session } = await here.ask("start_analysis_session", { user_id: agent.userId, ...HANDLE });
    const room = `viewers:${userTag(agent.userId as UserId)}`;
    const listeners = async () => {
      const channels = (await redis.cli("PUBSUB", "SHARDCHANNELS", "*")) as string[];
      const channel = channels.find((name) => name.includes(room)) ?? "";
      const [, count] = (await redis.cli("PUBSUB", "SHARDNUMSUB", channel)) as [string, number];
      return count;
    };
    expect(await listeners()).toBe(1);
    let strays = 0;
    b.hub.audience.members(userTag(stranger.userId as UserId))[0]?.conn.on("packetCreate", ({ data }) => {
      if (String(data).includes(session.session_id)) strays += 1;
    });
    const pushed = here.pushed(session.session_id, 1);
    await agent.send(session.session_id, "swv_1.txt", simulatedFile(1));
    await pushed;
    expect(strays).toBe(0);
    await watching(b.url, agent);
    await expect.poll(listeners).toBe(2);
  });
});

describe("an agent that comes back to another hub", () => {
  test("goes on there, and its old connection ends without a word; late words of it change nothing", async () => {
    const many = await pairOfHubs();
    const { a, b } = many;
    const before = await startRawAgent(a.url, { instance: "process-1" });
    let bye = false;
    before.socket.on("bye", () => {
      bye = true;
    });
    const viewer = await watching(a.url, before);
    const user_id = before.userId;
    const { session } = await viewer.ask("start_analysis_session", { user_id, ...HANDLE });
    const { session_id } = session;
    await before.send(session_id, "swv_1.txt", simulatedFile(1));
    const gone = new Promise((resolve) => before.socket.once("disconnect", resolve));
    const after = await startRawAgent(b.url, { key: before.key, instance: "process-1" });
    await gone;
    expect(bye).toBe(false);
    expect(after.filters[0] ?? (await after.nextFilters())).toMatchObject({ session_id });
    expect(await after.send(session_id, "swv_2.txt", simulatedFile(2))).toMatchObject({
      ok: true,
      value: { offset: 1 },
    });
    expect(await mapping(many)).toMatchObject({ [user_id]: { hub_id: "b", agent_sid: after.socket.id } });
    await viewer.headAt(session_id, 2);
    expect((await viewer.log(user_id, session_id)).names).toEqual(["swv_1.txt", "swv_2.txt"]);
  });

  test("[R7] an old socket's late disconnect and its late files leave the new registration alone", async () => {
    const many = await pairOfHubs();
    const { a, b } = many;
    const before = await startRawAgent(a.url, { instance: "process-1" });
    const viewer = await watching(a.url, before);
    const user_id = before.userId;
    const { session } = await viewer.ask("start_analysis_session", { user_id, ...HANDLE });
    // As if the word to retire it had been lost: the hub still holds the old connection.
    const [old] = a.hub.peers.all();
    if (old === undefined) throw new Error("no agent here");
    b.hub.fleet.call = () => Promise.reject(new Error("lost"));
    const after = await startRawAgent(b.url, { key: before.key, instance: "process-1" });
    expect(await before.send(session.session_id, "swv_1.txt", simulatedFile(1))).toMatchObject({
      ok: false,
      error: { code: "replaced" },
    });
    const left = new Promise((resolve) => old.socket.once("disconnect", resolve));
    before.socket.disconnect();
    await left;
    // A round trip of the same hub to the same Redis, behind whatever the disconnect did.
    const { agent } = await viewer.ask("join", { user_id });
    expect(agent.state).toBe("online");
    expect(await mapping(many)).toMatchObject({ [user_id]: { hub_id: "b", agent_sid: after.socket.id } });
    expect((await viewer.log(user_id, session.session_id)).names).toEqual([]);
  });

  test("a second process with its key on another hub replaces it for good", async () => {
    const { a, b } = await pairOfHubs();
    const older = await startRawAgent(a.url, { instance: "process-1" });
    const farewell = older.bye();
    await startRawAgent(b.url, { key: older.key, instance: "process-2" });
    expect(await farewell).toMatchObject({ code: "replaced", retry: false });
    await expect(startRawAgent(b.url, { key: older.key, instance: "process-1" })).rejects.toThrow(/same key/);
  });
});

describe("a hub that dies or stands still", () => {
  test("its agents are offline for everybody within one lease, and the map is true", async () => {
    const many = await startHubs(2, { HUB_LEASE_S: "2" });
    const [a, b] = many.hubs;
    if (a === undefined || b === undefined) throw new Error("There are two.");
    const agent = await startRawAgent(a.url);
    const viewer = await watching(b.url, agent);
    const offline = told(viewer, "agent_status", ({ state }) => state === "offline");
    // Its lease ends as that of a killed hub does; its agents are still in the map.
    a.hub.fleet.look = () => new Promise(() => undefined);
    expect(await offline).toMatchObject({ name: "Potentiostat-1" });
    expect(await mapping(many)).toEqual({});
  });

  test("a hub that was taken for dead takes its agents back when it goes on, and loses nothing", async () => {
    const many = await startHubs(2, { HUB_LEASE_S: "2" });
    const [a, b] = many.hubs;
    if (a === undefined || b === undefined) throw new Error("There are two.");
    const agent = await startRawAgent(a.url);
    const user_id = agent.userId;
    const viewer = await watching(b.url, agent);
    const { session } = await viewer.ask("start_analysis_session", { user_id, ...HANDLE });
    const offline = told(viewer, "agent_status", ({ state }) => state === "offline");
    const { look } = a.hub.fleet;
    let goOn = () => {};
    const stalled = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    a.hub.fleet.look = async () => {
      await stalled;
      return look.call(a.hub.fleet);
    };
    await offline;
    expect(await agent.send(session.session_id, "swv_1.txt", simulatedFile(1))).toMatchObject({
      ok: false,
      error: { code: "replaced" },
    });
    const online = told(viewer, "agent_status", ({ state }) => state === "online");
    goOn();
    await online;
    expect(await mapping(many)).toMatchObject({ [user_id]: { hub_id: "a" } });
    expect(await agent.send(session.session_id, "swv_1.txt", simulatedFile(1))).toMatchObject({ ok: true });
  });

  test("two hubs with one HUB_ID: the second says so and does not start", async () => {
    const many = await startHubs(1, { HUB_LEASE_S: "2" });
    await expect(many.start(0)).rejects.toThrow("Another hub on this Redis runs with HUB_ID=a.");
    const [a] = many.hubs;
    await a?.close();
    await many.start(0);
  });
});
