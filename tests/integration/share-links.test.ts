import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Admission } from "../../server/access/access.ts";
import { admitUserId } from "../../server/access/credentials.ts";
import { ViewerConnection } from "../../server/realtime/viewer-connection.ts";
import type { Bye } from "../../shared/protocol/agent-events.ts";
import { MAX_SHARE_LABEL_LENGTH, MAX_SHARE_LINKS } from "../../shared/protocol/limits.ts";
import type { AccessRole } from "../../shared/protocol/share-link.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { FrameTap, sightings } from "../support/frame-tap.ts";
import { startHub, type TestHubOptions } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";
import { readyExport } from "../support/ready-export.ts";
import { startRedis } from "../support/redis-server.ts";

/** A hub with one agent, its owner's viewer, and a running session with one file. */
async function startScene(options: TestHubOptions = {}) {
  const hub = await startHub(options);
  const agent = await startRawAgent(hub.url);
  const owner = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await owner.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await owner.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  const { session_id } = session;
  await agent.send(session_id, "swv_1.txt", simulatedFile(1));
  return { hub, agent, owner, user_id, session_id, ...sharing(owner, user_id), enter: entering(hub.url) };
}

/** The same with its agent and its owner at one hub, and another hub on the same Redis. */
async function startSceneOfTwo() {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const env = { REDIS_URL: redis.url };
  const elsewhere = await startHub({ env });
  const scene = await startScene({ env });
  await Promise.all([scene.hub, elsewhere].map(({ hub }) => hub.fleet.look()));
  return { ...scene, elsewhere };
}

/** What a viewer with control does about links, under the name by which it knows what it joined. */
function sharing(viewer: RawViewer, user_id: string) {
  return {
    share: (role: AccessRole = "view", expires_in_s: number | null = null, label = "Lab") =>
      viewer.ask("create_share_link", { user_id, role, label, expires_in_s }),
    revoke: (link_id: string) => viewer.request("revoke_share_link", { user_id, link_id }),
    listed: async () =>
      (await viewer.ask("list_share_links", { user_id })).links.map(({ link_id }) => link_id),
  };
}

/** Opens a link, and waits for how it ends. */
function entering(url: string) {
  return async (share_token: string) => {
    const viewer = await startRawViewer(url);
    const farewell = new Promise<Bye>((resolve) => void viewer.socket.on("bye", resolve));
    const ended = new Promise<string>((resolve) => void viewer.socket.on("disconnect", resolve));
    const reply = await viewer.ask("join", { share_token });
    return { ...viewer, reply, farewell, ended, ...sharing(viewer, reply.user_id) };
  };
}

/** A clock that stands still until it is told to go on. */
function handClock() {
  let now = Date.now();
  return {
    now: () => now,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

describe("a share link", () => {
  test("lets somebody watch and export without ever learning the User ID", async () => {
    const { agent, user_id, session_id, share, enter, hub } = await startScene();
    const { token, link } = await share("view", 3600);
    const { reply, ask, log, pushed } = await enter(token);
    expect(reply).toMatchObject({ role: "view", link: { expires_at_ms: link.expires_at_ms } });
    expect(reply.user_id).toBe(`link:${link.link_id}`);
    expect(reply.sessions).toMatchObject([{ session_id, head: 1 }]);
    await agent.send(session_id, "swv_2.txt", simulatedFile(2));
    await pushed(session_id, 2);
    expect((await log(reply.user_id, session_id)).names).toEqual(["swv_1.txt", "swv_2.txt"]);
    const { path } = readyExport(await ask("request_export_data", { user_id: reply.user_id }));
    const csv = await (await fetch(hub.url + path)).text();
    expect(csv).toContain("swv_2.txt");
    const ticket = Buffer.from(path.split("/").at(-1) ?? "", "base64url").toString("latin1");
    for (const text of [JSON.stringify(reply), path, ticket, csv]) expect(text).not.toContain(user_id);
  });

  test("is kept as a hash: its secret stands in no file of the hub", async () => {
    const { hub, share, listed } = await startScene();
    const { token, link } = await share();
    expect(await listed()).toEqual([link.link_id]);
    await hub.close();
    const names = await readdir(hub.dataDir, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    const contents = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name))));
    const secret = token.slice("bcs_".length);
    expect(contents.some((bytes) => bytes.includes(link.link_id))).toBe(true);
    expect(contents.filter((bytes) => bytes.includes(secret))).toEqual([]);
  });

  test("ends for connected viewers within 2 s of its revocation, and for nobody else", async () => {
    const { hub, share, revoke, enter, listed } = await startScene();
    const [one, other] = [await share(), await share()];
    const [watching, staying] = [await enter(one.token), await enter(other.token)];
    const revokedAt = hub.hub.now();
    expect(await revoke(one.link.link_id)).toEqual({ ok: true, value: null });
    expect(await watching.farewell).toMatchObject({
      code: "revoked",
      retry: false,
      message: expect.stringMatching(/revoked.*Ask whoever sent it/),
    });
    await watching.ended;
    expect(hub.hub.now() - revokedAt).toBeLessThan(2_000);
    expect(await listed()).toEqual([other.link.link_id]);
    expect(await revoke(one.link.link_id)).toMatchObject({ error: { code: "not_found" } });
    await staying.ask("list_sessions", { user_id: staying.reply.user_id });
  });

  test.each([
    ["which hears of it", false],
    ["to which the word is lost", true],
  ])("ends within 2 s also at another hub than the one that revoked it, %s", async (_, wordIsLost) => {
    const { hub, share, revoke, elsewhere } = await startSceneOfTwo();
    const { token, link } = await share();
    const other = await share();
    const watching = await entering(elsewhere.url)(token);
    const staying = await entering(elsewhere.url)(other.token);
    if (wordIsLost) hub.hub.fleet.tellAll = () => undefined;
    const revokedAt = hub.hub.now();
    await revoke(link.link_id);
    expect(await watching.farewell).toMatchObject({ code: "revoked" });
    await watching.ended;
    expect(elsewhere.hub.now() - revokedAt).toBeLessThan(2_000);
    await staying.ask("list_sessions", { user_id: staying.reply.user_id });
  });

  test("shows its holder at another hub than the agent's no byte of the User ID, whatever happens", async () => {
    const { agent, owner, user_id, session_id, share, elsewhere } = await startSceneOfTwo();
    const { token } = await share("view");
    const tap = new FrameTap();
    const watching = await startRawViewer(elsewhere.url, { onSocket: (socket) => tap.attach(socket) });
    const { user_id: handle } = await watching.ask("join", { share_token: token });
    await agent.send(session_id, "swv_2.txt", simulatedFile(2));
    await watching.pushed(session_id, 2);
    await watching.log(handle, session_id);
    await watching.ask("get_voltammogram", { user_id: handle, session_id, offset: 0 });
    await watching.ask("request_export_data", { user_id: handle });
    await watching.request("describe_folder", { user_id: handle });
    await agent.socket.emitWithAck("folder_state", { seen: 7, matching: 5, owed: 2 });
    await owner.ask("stop_analysis_session", { user_id, session_id });
    const offline = new Promise<void>((resolve) =>
      watching.socket.on("agent_status", ({ state }) => void (state === "offline" && resolve())),
    );
    agent.socket.disconnect();
    await offline;
    const bytes = tap.pieces.flatMap((piece) => piece.bytes);
    expect(Buffer.concat(bytes).includes("swv_2.txt")).toBe(true);
    const marks = { canary: "nothing else is looked for", sessionIds: [], number: Math.PI, userId: user_id };
    expect(sightings(bytes, [marks]).ids.size).toBe(0);
  });

  test("ends when its time has come, also for who is connected", async () => {
    const clock = handClock();
    const { share, enter, listed } = await startScene({ now: clock.now });
    const { token } = await share("view", 60);
    const watching = await enter(token);
    clock.pass(59);
    await watching.ask("list_sessions", { user_id: watching.reply.user_id });
    clock.pass(1);
    expect(await watching.farewell).toMatchObject({ code: "expired", retry: false });
    await watching.ended;
    expect(await listed()).toEqual([]);
  });

  test("takes the links with it that were made through it, and they never outlive it", async () => {
    const { share, revoke, enter, listed } = await startScene();
    const parent = await share("control", 3600);
    const through = await enter(parent.token);
    const child = await through.share("control", null);
    const grandchild = await (await enter(child.token)).share("view", 86_400);
    const sibling = await share();
    expect(child.link.expires_at_ms).toBe(parent.link.expires_at_ms);
    expect(grandchild.link.expires_at_ms).toBe(parent.link.expires_at_ms);
    expect(await through.listed()).toEqual([grandchild.link.link_id, child.link.link_id]);
    for (const { link } of [parent, sibling])
      expect(await through.revoke(link.link_id)).toMatchObject({ error: { code: "not_found" } });

    const watching = await enter(grandchild.token);
    await revoke(parent.link.link_id);
    expect(await watching.farewell).toMatchObject({ code: "revoked" });
    expect(await listed()).toEqual([sibling.link.link_id]);
  });

  test("has a label of bounded length, and an agent a bounded number of links, also under haste", async () => {
    const clock = handClock();
    const { owner, user_id, share, listed } = await startScene({ now: clock.now });
    const long = { user_id, role: "view", label: "x".repeat(MAX_SHARE_LABEL_LENGTH + 1), expires_in_s: null };
    expect(await owner.request("create_share_link", { ...long, role: "view" })).toMatchObject({
      error: { code: "invalid_message", message: expect.stringContaining("label") },
    });
    const wish = { user_id, role: "view", label: "", expires_in_s: 60 } as const;
    const tries = Array.from({ length: MAX_SHARE_LINKS + 5 }, () => owner.request("create_share_link", wish));
    const refused = (await Promise.all(tries)).filter((ack) => !ack.ok);
    expect(refused).toHaveLength(5);
    for (const ack of refused) expect(ack).toMatchObject({ error: { code: "too_many_share_links" } });
    clock.pass(60);
    const { link } = await share();
    expect(await listed()).toEqual([link.link_id]);
  });

  test("works over HTTP as a bearer token, and stops there too", async () => {
    const { hub, user_id, session_id, share, revoke, enter } = await startScene();
    const { token, link } = await share();
    const get = async (path: string, credential: string) => {
      const response = await fetch(hub.url + path, { headers: { authorization: `Bearer ${credential}` } });
      return { status: response.status, text: await response.text() };
    };
    const csv = `/api/sessions/${session_id}/export.csv`;
    for (const path of ["/api/sessions", csv]) {
      const [shared, own] = [await get(path, token), await get(path, user_id)];
      expect(shared.status).toBe(200);
      expect(shared).toEqual(own);
      expect(shared.text).not.toContain(user_id);
    }
    const watching = await enter(token);
    const { path } = readyExport(
      await watching.ask("request_export_data", { user_id: watching.reply.user_id }),
    );
    expect((await fetch(hub.url + path)).status).toBe(200);
    await revoke(link.link_id);
    for (const address of ["/api/sessions", csv])
      expect(await get(address, token)).toMatchObject({
        status: 404,
        text: expect.stringContaining("unknown_share_link"),
      });
    const late = await fetch(hub.url + path);
    expect(late.status).toBe(410);
    expect(await late.json()).toMatchObject({ error: { code: "link_expired" } });
  });
});

describe("[I12] rights never grow", () => {
  test("by joining again: the latest join alone says what may be done", async () => {
    const { user_id, share, enter, hub } = await startScene();
    const { token } = await share("view");
    const { reply } = await enter(token);
    const viewer = await startRawViewer(hub.url);
    await viewer.ask("join", { user_id });
    await viewer.ask("join", { share_token: token });
    expect(await viewer.request("list_share_links", { user_id })).toMatchObject({
      error: { code: "not_joined" },
    });
    expect(await viewer.request("list_share_links", { user_id: reply.user_id })).toMatchObject({
      error: { code: "forbidden" },
    });
  });

  test("by joining twice at once: one membership is left, and one audience", async () => {
    const { hub, agent, owner, user_id, share } = await startScene();
    const stranger = await startRawAgent(hub.url);
    const { token } = await share("view");
    const { audience, shareLinks } = hub.hub;
    const tags = hub.hub.peers.all().map(({ registration }) => registration.tag);
    const [socket] = tags.flatMap((tag) => audience.members(tag));
    if (socket === undefined) throw new Error("The owner's viewer has not joined.");
    await owner.ask("leave", { user_id });
    const connection = new ViewerConnection(hub.hub, socket);
    const admissions = [
      await admitUserId(hub.hub, agent.userId),
      await shareLinks.open(token),
      await admitUserId(hub.hub, stranger.userId),
    ];
    await Promise.all(admissions.map((admission) => connection.enter(admission)));
    expect(admissions.map(({ access }) => connection.holds(access))).toEqual([false, false, true]);
    expect(tags.map((tag) => audience.size(tag))).toEqual([0, 1]);
    await connection.close();
    await connection.enter(admissions[0] as Admission); // there are three
    expect(tags.map((tag) => audience.size(tag))).toEqual([0, 0]);
  });

  test("by reconnecting: a new connection has nothing until it shows its credential", async () => {
    const { share, revoke, enter, hub } = await startScene();
    const { token, link } = await share("control");
    const before = await enter(token);
    before.socket.disconnect();
    const again = await startRawViewer(hub.url);
    const { user_id } = before.reply;
    expect(await again.request("list_sessions", { user_id })).toMatchObject({
      error: { code: "not_joined" },
    });
    await revoke(link.link_id);
    expect(await again.request("join", { share_token: token })).toMatchObject({
      error: { code: "unknown_share_link" },
    });
  });

  test("by replay: what control did is refused when a view link sends it again", async () => {
    const { user_id, session_id, share, enter, owner } = await startScene();
    const { token } = await share("view");
    const viewer = await enter(token);
    for (const name of [user_id, viewer.reply.user_id]) {
      const refused = { ok: false, error: { code: name === user_id ? "not_joined" : "forbidden" } };
      expect(await viewer.request("stop_analysis_session", { user_id: name, session_id })).toMatchObject(
        refused,
      );
      const wish = { user_id: name, role: "control", label: "mine", expires_in_s: null } as const;
      expect(await viewer.request("create_share_link", wish)).toMatchObject(refused);
    }
    expect(await owner.ask("list_sessions", { user_id })).toMatchObject({ sessions: [{ state: "running" }] });
  });

  test("by making a link through a link that is over", async () => {
    const { share, revoke, enter, listed } = await startScene();
    const { token, link } = await share("control");
    const through = await enter(token);
    const made = Promise.all([through.share().catch(() => null), revoke(link.link_id)]);
    await made;
    expect(await listed()).toEqual([]);
  });
});
