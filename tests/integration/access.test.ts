import { io } from "socket.io-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { isPermitted } from "../../server/access/permissions.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { AGENT_REQUESTS } from "../../shared/protocol/agent-events.ts";
import type { Ack } from "../../shared/protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import type { AccessRole } from "../../shared/protocol/share-link.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { announcement, type RawAgent, startRawAgent } from "../support/raw-agent.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";
import { SAMPLE_NAMES, SAMPLE_REQUESTS } from "../support/sample-requests.ts";
import { stateHash } from "../support/state-hash.ts";

type Emitter = { emitWithAck(event: string, ...payload: unknown[]): Promise<Ack<unknown>> };

/** Requests that show no credential: `join` is one itself, and is tested by what it answers to bad ones. */
const NAMES = SAMPLE_NAMES.filter((name) => name !== "join");

/** Two agents on one hub, each with its owner's viewer and a running session that has one file. */
async function startScene() {
  let now = Date.now();
  const hub = await startHub({ now: () => now });
  const [mine, theirs] = [await startOwner(hub.url), await startOwner(hub.url)];
  const share = async (role: AccessRole, expires_in_s: number | null = null, owner = mine) => {
    const wish = { user_id: owner.user_id, role, label: "Lab", expires_in_s };
    return owner.viewer.ask("create_share_link", wish);
  };
  const visit = () => startRawViewer(hub.url);
  const passTime = (ms: number) => {
    now += ms;
  };
  return { hub, mine, theirs, share, visit, passTime, state: () => stateHash(hub.dataDir) };
}

type Scene = Awaited<ReturnType<typeof startScene>>;

async function startOwner(url: string) {
  const agent = await startRawAgent(url);
  const viewer = await startRawViewer(url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  await agent.send(session.session_id, "swv_1.txt", simulatedFile(1));
  agent.files.set("swv_1.txt", simulatedFile(1));
  return { agent, viewer, user_id, session_id: session.session_id };
}

/** A sample request with the real session, so that nothing but the missing right can stop it. */
function requestFor(name: string, user_id: string, session_id: string) {
  const sample: Record<string, unknown> = SAMPLE_REQUESTS[name as keyof typeof SAMPLE_REQUESTS];
  return { user_id, ...sample, ...("session_id" in sample ? { session_id } : {}) };
}

/** Sends every request under one name of an owner and expects one refusal for each, and an untouched store. */
async function refuseAll(
  scene: Scene,
  viewer: RawViewer,
  [user_id, session_id]: readonly [string, string],
  code: (name: (typeof NAMES)[number]) => string | null,
) {
  const before = scene.state();
  for (const name of NAMES) {
    const expected = code(name);
    if (expected === null) continue;
    const socket = viewer.socket as unknown as Emitter;
    const ack = await socket.emitWithAck(name, requestFor(name, user_id, session_id));
    expect(ack, name).toMatchObject({ ok: false, error: { code: expected, retryable: false } });
    expect(scene.state(), name).toBe(before);
  }
}

describe("every request of a viewer", () => {
  test("stands in the table that this goes through", () => {
    expect(SAMPLE_NAMES.toSorted()).toEqual(Object.keys(VIEWER_REQUESTS).toSorted());
  });

  test("is refused to a visitor, whatever it names", async () => {
    const scene = await startScene();
    const { mine, visit, share } = scene;
    const { link } = await share("control");
    const visitor = await visit();
    for (const name of [mine.user_id, `link:${link.link_id}`, "link:", `link:${mine.user_id}`])
      await refuseAll(scene, visitor, [name, mine.session_id], () => "not_joined");
    await refuseAll(scene, visitor, ["", mine.session_id], () => "user_id_required");
    await refuseAll(scene, visitor, ["7k2m-9xqd", mine.session_id], () => "invalid_user_id");
  });

  test("is refused to whoever joined something else, by User ID or by link", async () => {
    const scene = await startScene();
    const { mine, theirs, visit, share } = scene;
    const [ours, foreign] = [await share("control"), await share("control", null, theirs)];
    const credentials = [
      { user_id: theirs.user_id },
      { share_token: foreign.token },
      { share_token: ours.token },
    ];
    for (const credential of credentials) {
      const viewer = await visit();
      await viewer.ask("join", credential);
      // Also a link to this very agent: its holder does not know the User ID, and naming it gives no more.
      await refuseAll(scene, viewer, [mine.user_id, mine.session_id], () => "not_joined");
    }
    const owner = await visit();
    await owner.ask("join", { user_id: mine.user_id });
    for (const { link } of [ours, foreign])
      await refuseAll(scene, owner, [`link:${link.link_id}`, mine.session_id], () => "not_joined");
  });

  test("is answered to its role as the permissions table says", async () => {
    const scene = await startScene();
    const { mine, visit, share } = scene;
    const tokens = { view: (await share("view")).token, control: (await share("control")).token };
    for (const role of ["view", "control"] as const) {
      const viewer = await visit();
      const { user_id } = await viewer.ask("join", { share_token: tokens[role] });
      await refuseAll(scene, viewer, [user_id, mine.session_id], (name) =>
        isPermitted(role, name) ? null : "forbidden",
      );
      for (const name of NAMES.filter((one) => isPermitted(role, one))) {
        await viewer.ask("join", { share_token: tokens[role] }); // `leave` is one of them
        const socket = viewer.socket as unknown as Emitter;
        const ack = await socket.emitWithAck(name, requestFor(name, user_id, mine.session_id));
        const refusals = ["forbidden", "not_joined", "invalid_message", "internal"];
        // Of tasks a guest takes back only its own: the task of this request is nobody's.
        if (role === "view" && name === "cancel_task")
          expect(ack).toMatchObject({ ok: false, error: { code: "forbidden" } });
        else if (!ack.ok) expect(refusals, `${role} ${name}`).not.toContain(ack.error.code);
      }
    }
  });

  test("is refused to a link that was revoked or has expired, and its token opens nothing", async () => {
    const scene = await startScene();
    const { mine, visit, share, passTime } = scene;
    const [revoked, expiring] = [await share("control"), await share("control", 60)];
    const held = await visit();
    const { user_id } = await held.ask("join", { share_token: expiring.token });
    const { link_id } = revoked.link;
    await mine.viewer.ask("revoke_share_link", { user_id: mine.user_id, link_id });
    passTime(60_000);
    const first = await held.request("read_log", { user_id, session_id: mine.session_id, since: 0 });
    expect(first).toMatchObject({ ok: false, error: { code: "expired" } });
    // What the next sweep would remove goes now, so that only a request could change what is kept.
    await scene.hub.hub.shareLinks.prune(userTag(mine.user_id as UserId)); // as the hub gave it
    for (const { token, link } of [revoked, expiring]) {
      const late = await visit();
      expect(await late.request("join", { share_token: token })).toMatchObject({
        error: { code: "unknown_share_link" },
      });
      await refuseAll(scene, late, [`link:${link.link_id}`, mine.session_id], () => "not_joined");
    }
  });
});

describe("join", () => {
  test("answers unknown, damaged, revoked and expired tokens with one and the same error", async () => {
    const { mine, visit, share, passTime } = await startScene();
    const [revoked, expired] = [await share("view"), await share("view", 1)];
    const { link_id } = revoked.link;
    await mine.viewer.ask("revoke_share_link", { user_id: mine.user_id, link_id });
    passTime(1_000);
    const unknown = `bcs_${"x".repeat(21)}`;
    const texts = [unknown, revoked.token, expired.token, revoked.token.slice(0, -1), "", "x", mine.user_id];
    const viewer = await visit();
    const answers = await Promise.all(texts.map((share_token) => viewer.request("join", { share_token })));
    expect(answers[0]).toMatchObject({ ok: false, error: { code: "unknown_share_link", retryable: false } });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test("takes one credential, not two and not none", async () => {
    const { mine, visit, share } = await startScene();
    const { token } = await share("view");
    const viewer = await visit();
    for (const credential of [{}, { user_id: mine.user_id, share_token: token }])
      expect(await viewer.request("join", credential)).toMatchObject({ error: { code: "invalid_message" } });
  });

  test("makes no trace of a User ID that nobody has", async () => {
    const { visit, state } = await startScene();
    const before = state();
    const viewer = await visit();
    // A well-formed ID of no agent.
    expect(await viewer.request("join", { user_id: "0000000000000000" })).toMatchObject({
      error: { code: "unknown_user_id" },
    });
    expect(state()).toBe(before);
  });
});

describe("every request of an agent", () => {
  /** As an agent would send them, to a session that is not its own. */
  function agentRequests(session_id: string): Record<keyof typeof AGENT_REQUESTS, object> {
    const content = simulatedFile(2);
    const { sha256, size, mtime_ms } = announcement(content);
    const part = { session_id, filename: "swv_2.txt", sha256, size, mtime_ms, from: 0, content };
    return {
      stream_instrument_data: part,
      stream_cv_data: part,
      offer_files: { session_id, files: [{ name: "swv_2.txt", sha256, size, mtime_ms }] },
      folder_state: { seen: 99, matching: 99, owed: 99 },
    };
  }

  test("is unknown to viewers of any role", async () => {
    const { mine, visit, share, state } = await startScene();
    const viewers = [await visit(), await visit(), await visit()];
    await viewers[1]?.ask("join", { share_token: (await share("view")).token });
    await viewers[2]?.ask("join", { user_id: mine.user_id });
    const before = state();
    for (const viewer of viewers) {
      for (const [name, payload] of Object.entries(agentRequests(mine.session_id))) {
        const ack = await (viewer.socket as unknown as Emitter).emitWithAck(name, payload);
        expect(ack, name).toMatchObject({ ok: false, error: { code: "unknown_event" } });
      }
    }
    expect(state()).toBe(before);
  });

  test("takes an agent's key: neither User ID nor share token is one", async () => {
    const { hub, mine, share, state } = await startScene();
    const { token } = await share("control");
    const before = state();
    const keys = [undefined, "", mine.user_id, token, mine.agent.key.slice(0, 31)];
    for (const agent_key of keys) {
      const refusal = await knock(hub.url, { agent_key });
      expect(["agent_key_required", "invalid_agent_key"], String(agent_key)).toContain(refusal);
    }
    expect(state()).toBe(before);
  });

  test("reaches the sessions of its own User ID alone", async () => {
    const { mine, theirs, state } = await startScene();
    const before = state();
    const heard: unknown[] = [];
    mine.viewer.socket.on("agent_status", (status) => void heard.push(status.files?.seen));
    for (const [name, payload] of Object.entries(agentRequests(mine.session_id))) {
      const ack = await (theirs.agent.socket as unknown as Emitter).emitWithAck(name, payload);
      if (name === "folder_state") expect(ack.ok).toBe(true);
      else expect(ack, name).toMatchObject({ ok: false, error: { code: "session_not_running" } });
    }
    expect(state()).toBe(before);
    await counted(mine.agent, 7);
    await expect.poll(() => heard, { timeout: 20_000 }).toEqual([7]);
  });
});

/** What an agent's own folder state looks like to its viewers, as a mark after which nothing else can come. */
async function counted(agent: RawAgent, seen: number): Promise<void> {
  await agent.socket.emitWithAck("folder_state", { seen, matching: 0, owed: 0 });
}

/** Tries to connect as an agent. @returns the code of the refusal */
function knock(url: string, credential: object): Promise<string> {
  const facts = { instance: "some-instance", name: "P", version: "1", os: "test", folder: "scans" };
  const auth = { role: "agent", protocol: PROTOCOL_VERSION, ...facts, ...credential };
  const socket = io(url, { auth, transports: ["websocket"], reconnection: false, forceNew: true });
  onTestFinished(() => void socket.disconnect());
  return new Promise((resolve) => {
    socket.on("registered", () => resolve("registered"));
    socket.on("connect_error", (error: Error & { data?: { code: string } }) =>
      resolve(error.data?.code ?? error.message),
    );
  });
}
