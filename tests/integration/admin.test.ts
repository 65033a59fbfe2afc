import { describe, expect, test } from "vitest";
import { userIdFromKey, userTag } from "../../server/sessions/user-tag.ts";
import { AdminLookup, AdminState } from "../../shared/protocol/admin.ts";
import type { Bye } from "../../shared/protocol/agent-events.ts";
import { formatUserId, type UserId } from "../../shared/protocol/user-id.ts";
import { temporaryFolder } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { PrometheusText } from "../support/prometheus-text.ts";
import { newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const ADMIN_TOKEN = "an-operators-token-of-some-length";
const NOBODY = userIdFromKey(newAgentKey());

/** Asks as the admin page does. */
function operator({ url }: { readonly url: string }, token = ADMIN_TOKEN) {
  const authorization = `Bearer ${token}`;
  return {
    state: () => ask(url, "/api/admin/state", { headers: { authorization } }),
    act: (action: string, payload: object = {}) =>
      ask(url, `/api/admin/${action}`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify(payload),
      }),
  };
}

/** A hub with one agent, one viewer, one session and two files. */
async function startScene(env: Readonly<Record<string, string>> = {}) {
  const hub = await startHub({ env: { ADMIN_TOKEN, ...env } });
  const agent = await startRawAgent(hub.url, { name: "Bench A" });
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  for (const n of [1, 2]) await agent.send(session.session_id, `swv_${n}.txt`, simulatedFile(n));
  const state = async () => AdminState.parse((await operator(hub).state()).json());
  return { hub, agent, viewer, user_id, session, ...operator(hub), state };
}

describe("the admin page", () => {
  test("is off without ADMIN_TOKEN, and says how to turn it on", async () => {
    const hub = await startHub();
    for (const reply of [
      await ask(hub.url, "/admin"),
      await operator(hub).state(),
      await operator(hub).act("drain"),
    ]) {
      expect(reply.status).toBe(403);
      expect(reply.json()).toMatchObject({
        error: { code: "admin_off", message: expect.stringContaining("Set ADMIN_TOKEN") },
      });
    }
    expect((await ask(hub.url, "/ready")).status).toBe(200);
  });

  test("opens for its token alone; who guesses is held up, whoever has it right is not", async () => {
    const { hub, user_id } = await startScene();
    expect((await operator(hub).state()).status).toBe(200);
    expect((await ask(hub.url, "/api/admin/state")).status).toBe(401);
    for (const token of ["", "x", user_id, `${ADMIN_TOKEN}x`, ADMIN_TOKEN.slice(1)])
      expect((await operator(hub, token).state()).json()).toMatchObject({
        error: { code: "invalid_admin_token" },
      });
    const statuses = [];
    for (let n = 0; n < 30; n += 1) statuses.push((await operator(hub, `guess-${n}`).act("drain")).status);
    expect(statuses.at(-1)).toBe(429);
    expect((await operator(hub).state()).status).toBe(200);
  });

  test("shows who and what is here, names nobody's User ID, and its numbers are those of /metrics", async () => {
    const { hub, user_id, session, state } = await startScene();
    const seen = await state();
    const tag = userTag(user_id as UserId);
    expect(seen.agents).toMatchObject([{ tag, name: "Bench A", sessions: 1, viewers: 1 }]);
    expect(seen.viewers).toMatchObject([{ tag, address: expect.stringContaining("127.0.0.1") }]);
    expect(seen.sessions).toMatchObject([
      { session_id: session.session_id, tag, technique: "swv", files: 2 },
    ]);
    expect(seen.hubs).toEqual([{ hub_id: "test-hub", agents: 1, this_hub: true }]);
    expect(seen.files_per_minute.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(JSON.stringify(seen)).not.toContain(user_id);
    expect(seen.numbers["benchcast_files_total/stored"]).toBe(2);
    const said = await PrometheusText.of(hub.url);
    for (const [name, value] of Object.entries(seen.numbers)) {
      if (/busy|memory|scale/.test(name)) continue; // another value in the next moment
      const [metric = "", label] = name.split("/");
      const labels: Record<string, string> = { benchcast_tasks: "state" };
      const series = label === undefined ? metric : `${metric}{${labels[metric] ?? "outcome"}="${label}"}`;
      expect(said.value(series), series).toBe(value);
    }
  });

  test("finds how a User ID appears, however it is written", async () => {
    const { user_id, act } = await startScene();
    const tag = userTag(user_id as UserId);
    for (const text of [user_id, formatUserId(user_id as UserId).toUpperCase()])
      expect(AdminLookup.parse((await act("lookup", { text })).json())).toMatchObject({
        tag,
        known: { name: "Bench A", state: "online" },
        agent: { name: "Bench A" },
      });
    expect((await act("lookup", { text: userTag(NOBODY) })).json()).toEqual({
      tag: userTag(NOBODY),
      known: null,
      agent: null,
    });
    expect((await act("lookup", { text: "not an ID" })).json()).toMatchObject({
      error: { code: "invalid_user_id" },
    });
  });

  test("says whose hash stands in the log, also once that agent has gone", async () => {
    const { agent, user_id, act } = await startScene();
    const tag = userTag(user_id as UserId);
    expect((await act("lookup", { text: ` ${tag} ` })).json()).toMatchObject({ agent: { name: "Bench A" } });
    agent.socket.disconnect();
    await expect
      .poll(async () => (await act("lookup", { text: tag })).json())
      .toMatchObject({ tag, known: { name: "Bench A", state: "offline" }, agent: null });
  });

  test("disconnects an agent and a viewer, which are told why and when to come back", async () => {
    const { agent, viewer, state, act } = await startScene();
    const [row] = (await state()).viewers;
    const bye = new Promise<Bye>((resolve) => void viewer.socket.once("bye", resolve));
    expect((await act("disconnect_viewer", { viewer_id: row?.viewer_id })).status).toBe(200);
    expect(await bye).toMatchObject({ code: "ended_by_operator", retry: true, retry_after_ms: 60_000 });
    const tag = userTag(agent.userId as UserId);
    expect((await act("disconnect_agent", { tag })).json()).toMatchObject({
      done: expect.stringContaining("Bench A"),
    });
    expect(await agent.bye()).toMatchObject({ code: "ended_by_operator", retry: true });
    await expect.poll(async () => (await state()).agents).toEqual([]);
    expect((await act("disconnect_agent", { tag })).status).toBe(404);
    expect((await act("disconnect_agent", { tag: "../../x" })).status).toBe(400);
    expect((await act("cancel_task", { tag, task_id: "no-such-task" })).status).toBe(404);
  });

  test("shows the tasks of everybody, and cancels one", async () => {
    const { hub, user_id, state, act } = await startScene({ MAX_CONCURRENT_TASKS: "1" });
    const tag = userTag(user_id as UserId);
    const { tasks } = hub.hub;
    // Runs until it is cancelled.
    tasks.register(
      "export",
      (_task, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("cancelled")));
        }),
    );
    const label = "Export of everything";
    const submit = () => tasks.submit({ tag, kind: "export", session_id: null, label, payload: null });
    const [first, second] = [await submit(), await submit()];
    await expect
      .poll(async () => (await state()).tasks)
      .toMatchObject([
        { task_id: first.task_id, tag, label, state: "running", position: null },
        { task_id: second.task_id, tag, state: "queued", position: 1 },
      ]);
    await expect.poll(async () => (await state()).numbers["benchcast_tasks/queued"]).toBe(1);
    expect((await state()).waits_by_hour).toMatchObject([{ count: 1 }]);
    for (const { task_id } of [second, first])
      expect((await act("cancel_task", { tag, task_id })).status).toBe(200);
    await expect.poll(async () => (await state()).tasks).toEqual([]);
    expect((await PrometheusText.of(hub.url)).value('benchcast_tasks_ended_total{outcome="cancelled"}')).toBe(
      2,
    );
  });

  test("makes a backup where the hub makes them, and says why not where it does not", async () => {
    const without = await startScene();
    expect((await without.act("back_up")).json()).toMatchObject({
      error: { message: expect.stringContaining("BACKUP_DIR") },
    });
    const directory = await temporaryFolder();
    const scene = await startScene({ BACKUP_DIR: directory });
    expect((await scene.state()).hub.can_back_up).toBe(true);
    expect((await scene.act("back_up")).json()).toMatchObject({ done: expect.stringContaining(directory) });
  });

  test("is not to be ridden from another page: another origin may not even ask whether it may", async () => {
    const { hub } = await startScene({ ALLOWED_ORIGINS: "https://viewer.example.org" });
    const reply = await ask(hub.url, "/api/admin/drain", {
      method: "OPTIONS",
      headers: { origin: "https://viewer.example.org", "access-control-request-method": "POST" },
    });
    expect(reply.headers["access-control-allow-methods"]).toBe("GET, HEAD");
  });
});

test("draining from the page ends the hub as SIGTERM does", async () => {
  const hub = await startHubProcess({ ADMIN_TOKEN });
  const agent = await startRawAgent(hub.url);
  const reply = await operator(hub as Pick<TestHub, "url">).act("drain");
  expect(reply.status).toBe(200);
  expect(await agent.bye()).toMatchObject({ code: "shutdown", retry: true });
  await expect.poll(() => hub.output(), { timeout: 20_000 }).toContain('"why":"operator"');
  await expect.poll(() => fetch(`${hub.url}/health`).catch(() => "gone"), { timeout: 20_000 }).toBe("gone");
  expect(hub.output()).not.toContain(ADMIN_TOKEN);
});
