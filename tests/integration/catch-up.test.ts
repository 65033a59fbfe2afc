import { describe, expect, onTestFinished, test, vi } from "vitest";
import { CREDIT } from "../../shared/protocol/limits.ts";
import type { TaskView } from "../../shared/protocol/task.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { PrometheusText } from "../support/prometheus-text.ts";
import { announcement, type RawAgent, startRawAgent } from "../support/raw-agent.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";

const FILES = 30;
const nameOf = (n: number) => `swv_${n}.txt`;
const contents = Array.from({ length: FILES + 1 }, (_, n) => simulatedFile(n));

async function startScene() {
  const hub = await startHub();
  const agent = await startRawAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  return { hub, agent, viewer, user_id, session_id: session.session_id };
}

async function offer(agent: RawAgent, session_id: string, count: number) {
  const files = contents.slice(0, count).map((content, n) => ({ name: nameOf(n), ...announcement(content) }));
  return agent.socket.emitWithAck("offer_files", { session_id, files });
}

async function send(agent: RawAgent, session_id: string, n: number) {
  const ack = await agent.send(session_id, nameOf(n), contents[n] ?? new Uint8Array());
  if (!ack.ok) throw new Error(ack.error.message);
  return ack.value;
}

function toldOf(viewer: RawViewer, wanted: (task: TaskView) => boolean): Promise<TaskView> {
  return new Promise((resolve) => {
    viewer.socket.on("task_update", ({ task }) => {
      if (wanted(task)) resolve(task);
    });
  });
}

describe("a session that catches up", () => {
  test("is seen as a task, n of m, until everything has come; and cannot be cancelled but by stopping it", async () => {
    const { agent, viewer, user_id, session_id } = await startScene();
    const running = toldOf(viewer, ({ state }) => state === "running");
    const done = toldOf(viewer, ({ state }) => state === "done");
    await offer(agent, session_id, FILES);
    for (let n = 0; n < 10; n += 1) await send(agent, session_id, n);
    const { task_id, total } = await running;
    expect(total).toBe(FILES);
    const [task] = (await viewer.ask("list_tasks", { user_id })).tasks;
    expect(task).toMatchObject({ task_id, kind: "catch-up", session_id, label: "swv_{n}.txt" });
    expect(await viewer.request("cancel_task", { user_id, task_id })).toMatchObject({
      error: { code: "task_not_cancellable" },
    });
    for (let n = 10; n < FILES; n += 1) await send(agent, session_id, n);
    expect(await done).toMatchObject({ task_id, done: FILES, total: FILES, error: null });
    await viewer.ask("stop_analysis_session", { user_id, session_id });
  });

  test("is shown in few pushes, and a live file at once, with the old ones that wait", async () => {
    const { agent, viewer, session_id } = await startScene();
    const pushes: (readonly [since: number, head: number])[] = [];
    viewer.socket.on("live_analysis_update", ({ since, head }) => void pushes.push([since, head]));
    await offer(agent, session_id, 6);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    for (let n = 0; n < 4; n += 1) await send(agent, session_id, n);
    expect(pushes).toEqual([]);
    vi.advanceTimersByTime(1_000);
    await vi.waitUntil(() => pushes.length > 0);
    expect(pushes).toEqual([[0, 4]]);
    for (const n of [4, FILES]) await send(agent, session_id, n);
    await vi.waitUntil(() => pushes.length > 1);
    expect(pushes).toEqual([
      [0, 4],
      [4, 6],
    ]);
  });

  test("does not make a live file old that was offered for its size", async () => {
    const { agent, viewer, session_id } = await startScene();
    const pushes: number[] = [];
    viewer.socket.on("live_analysis_update", ({ head }) => void pushes.push(head));
    await offer(agent, session_id, 2);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const content = contents[0] ?? new Uint8Array();
    const part = { ...announcement(content), session_id, filename: nameOf(0), from: 0, live: true, content };
    await agent.socket.emitWithAck("stream_instrument_data", part);
    await vi.waitUntil(() => pushes.length > 0);
    expect(pushes).toEqual([1]);
  });

  test("has its first estimate held against its end, for whoever runs the hub", async () => {
    const { hub, agent, viewer, session_id } = await startScene();
    const foretold = toldOf(viewer, ({ eta_ms }) => eta_ms !== null);
    const done = toldOf(viewer, ({ state }) => state === "done");
    await offer(agent, session_id, FILES);
    for (let n = 0; n < 10; n += 1) await send(agent, session_id, n);
    await foretold;
    const counted = async () =>
      (await PrometheusText.of(hub.url)).value("benchcast_task_eta_error_ratio_count");
    expect(await counted()).toBe(0);
    for (let n = 10; n < FILES; n += 1) await send(agent, session_id, n);
    await done;
    expect(await counted()).toBe(1);
  });

  test("that is stopped is no longer a running task", async () => {
    const { agent, viewer, user_id, session_id } = await startScene();
    const running = toldOf(viewer, ({ state }) => state === "running");
    const over = toldOf(viewer, ({ state }) => state === "cancelled");
    await offer(agent, session_id, FILES);
    const { task_id } = await running;
    void viewer.request("stop_analysis_session", { user_id, session_id });
    expect((await over).task_id).toBe(task_id);
  });

  test("shares the window with others who do, and has all of it again afterwards", async () => {
    const { hub, agent, session_id, viewer } = await startScene();
    const peers = hub.hub.peers;
    expect((await send(agent, session_id, FILES)).credit).toEqual(CREDIT);
    await offer(agent, session_id, FILES);
    expect((await send(agent, session_id, 0)).credit).toEqual(CREDIT);
    const others = await Promise.all(Array.from({ length: 19 }, () => startRawAgent(hub.url)));
    for (const peer of peers.all()) {
      const by = { now: 0, newId: () => "task-of-another" };
      if (others.some(({ userId }) => userId === peer.registration.user_id))
        peer.catchUp.wanted(session_id, ["a"], by);
    }
    expect((await send(agent, session_id, 1)).credit).toEqual({ ...CREDIT, files: 2 });
    for (let n = 2; n < FILES; n += 1) await send(agent, session_id, n);
    expect((await send(agent, session_id, 0)).credit).toEqual(CREDIT);
    viewer.socket.disconnect();
  });

  test("begins anew with every connection: nothing is left over from one that was lost", async () => {
    const { hub, agent, session_id, user_id } = await startScene();
    await offer(agent, session_id, FILES);
    expect(hub.hub.peers.all()[0]?.catchUp.active).toBe(true);
    agent.socket.disconnect();
    const again = await startRawAgent(hub.url, { key: agent.key });
    expect(again.userId).toBe(user_id);
    expect(hub.hub.peers.all().map(({ catchUp }) => catchUp.active)).toEqual([false]);
  });
});
