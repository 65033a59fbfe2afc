import { expect, test } from "vitest";
import { type Store, StoreUnavailable } from "../../server/store/port.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { PrometheusText } from "../support/prometheus-text.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

/** A hub with an agent, a viewer and a running session. */
async function startScene(wrapStore?: (store: Store) => Store) {
  const hub = await startHub(wrapStore === undefined ? {} : { wrapStore });
  const agent = await startRawAgent(hub.url, { name: "Bench A" });
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const start = () => viewer.request("start_analysis_session", { user_id, filters, analysisParams: {} });
  const started = await start();
  if (!started.ok) throw new Error(started.error.message);
  const { session_id } = started.value.session;
  const json = async (path: string) => (await ask(hub.url, path)).json();
  return { hub, agent, viewer, user_id, session_id, start, json };
}

test("what a hub counts is what happened: files by outcome, bytes, latencies, pages, pushes, refusals, who is here", async () => {
  const { hub, agent, viewer, user_id, session_id, start } = await startScene();
  const [first, second] = [simulatedFile(1), simulatedFile(2)];
  await agent.send(session_id, "swv_1.txt", first);
  await viewer.pushed(session_id, 1);
  await agent.send(session_id, "swv_1.txt", first);
  await agent.send(session_id, "swv_2.txt", second);
  await agent.send(session_id, "other.txt", second);
  await viewer.pushed(session_id, 2);
  await viewer.ask("read_log", { user_id, session_id, since: 0 });
  await viewer.ask("read_log", { user_id, session_id, since: 2 });
  await viewer.request("read_log", { user_id, session_id, since: 0, epoch: "another" });
  expect((await start()).ok).toBe(false);

  const said = await PrometheusText.of(hub.url);
  const bytes = 2 * first.length + 2 * second.length;
  const counted = {
    benchcast_files_received_total: 4,
    'benchcast_files_total{outcome="stored"}': 2,
    'benchcast_files_total{outcome="duplicate"}': 1,
    'benchcast_files_total{outcome="rejected"}': 1,
    benchcast_file_bytes_received_total: bytes,
    benchcast_file_to_result_seconds_count: 2,
    benchcast_result_to_viewer_seconds_count: 2,
    'benchcast_pushes_total{outcome="dropped"}': 0,
    'benchcast_log_pages_total{kind="opening",outcome="ok"}': 1,
    'benchcast_log_pages_total{kind="empty",outcome="ok"}': 1,
    'benchcast_log_pages_total{kind="none",outcome="epoch_changed"}': 1,
    'benchcast_refusals_total{code="agent_busy"}': 1,
    'benchcast_refusals_total{code="epoch_changed"}': 1,
    'benchcast_requests_total{request="read_log",outcome="ok"}': 2,
    benchcast_agents_connected: 1,
    benchcast_viewers_connected: 1,
    benchcast_sessions_running: 1,
    benchcast_ready: 1,
    benchcast_store_up: 1,
  };
  const names = Object.keys(counted);
  expect(Object.fromEntries(names.map((name) => [name, said.value(name)]))).toEqual(counted);
  expect(said.value('benchcast_store_operation_seconds_count{operation="append"}')).toBe(3);
  const ratio = said.value("benchcast_scale_out_ratio");
  expect(ratio).toBeGreaterThanOrEqual(0);
  expect(ratio).toBeLessThanOrEqual(1);

  viewer.socket.disconnect();
  agent.socket.disconnect();
  await expect
    .poll(async () => (await PrometheusText.of(hub.url)).value("benchcast_agents_connected"))
    .toBe(0);
});

test("nothing that a client can make up becomes a label: not an event, not an address, not an ID", async () => {
  const { hub, agent, viewer, user_id, session_id } = await startScene();
  const before = (await PrometheusText.of(hub.url)).names().size;
  const emitter = viewer.socket as unknown as { emitWithAck(event: string): Promise<unknown> };
  for (let n = 0; n < 20; n += 1) {
    await emitter.emitWithAck(`made_up_${n}`);
    await ask(hub.url, `/made-up-${n}`);
    await ask(hub.url, `/api/sessions/made-up-${n}/export.csv`);
  }
  const { text } = await ask(hub.url, "/metrics");
  expect(text).not.toMatch(/made.up/);
  for (const secret of [user_id, session_id, agent.key, hub.hub.peers.all()[0]?.registration.tag ?? "none"])
    expect(text).not.toContain(secret);
  expect((await PrometheusText.of(hub.url)).names().size).toBe(before);
});

test("health, readiness, run status and statistics are views of the same numbers", async () => {
  const { hub, agent, session_id, start, json } = await startScene();
  await agent.send(session_id, "swv_1.txt", simulatedFile(1));
  await start();
  expect(await json("/health")).toMatchObject({
    status: "ok",
    version: expect.stringMatching(/^\d/),
    storage: "file",
    streaming: { agents: 1, viewers: 1, sessions: 1 },
    execution: { active_tasks: 0, queued_tasks: 0 },
    capabilities: { protocol: 1, techniques: expect.arrayContaining(["swv"]) },
  });
  expect(await json("/ready")).toEqual({ ready: true, reason: null, warnings: [] });
  expect(await json("/api/run/status")).toEqual({
    active_tasks: 0,
    queued_tasks: 0,
    message: expect.stringContaining("starts at once"),
  });
  expect(await json("/api/stats")).toMatchObject({
    attempts: 2,
    blocked: 1,
    currently_processing: 0,
    store: { agents: 1, sessions: 1, files: 1 },
  });
  await hub.hub.readiness.drain();
  expect(await json("/health")).toMatchObject({ status: "draining" });
  expect((await ask(hub.url, "/ready")).status).toBe(503);
});

test("while the store is away the hub is alive and not ready, says why, and counts what failed", async () => {
  let away = false;
  const wrapStore = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        if (name === "problem") return () => (away ? "The disk is gone." : null);
        const method = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...given: unknown[]) =>
          away && name !== "close"
            ? Promise.reject(new StoreUnavailable("gone"))
            : method.apply(target, given);
      },
    });
  const { hub, agent, session_id, json } = await startScene(wrapStore);
  away = true;
  expect((await agent.send(session_id, "swv_1.txt", simulatedFile(1))).ok).toBe(false);
  expect(await json("/health")).toMatchObject({ status: "degraded", store: "The disk is gone." });
  const ready = await ask(hub.url, "/ready");
  expect(ready.status).toBe(503);
  expect(ready.json()).toMatchObject({ ready: false, reason: "The disk is gone." });
  const said = await PrometheusText.of(hub.url);
  expect(said.value("benchcast_store_up")).toBe(0);
  expect(said.value('benchcast_files_total{outcome="failed"}')).toBe(1);
  expect(said.value('benchcast_store_failures_total{operation="getRecord"}')).toBeGreaterThan(0);
  expect(said.value('benchcast_refusals_total{code="store_unavailable"}')).toBeGreaterThan(0);
  away = false;
  expect(await json("/ready")).toMatchObject({ ready: true });
});
