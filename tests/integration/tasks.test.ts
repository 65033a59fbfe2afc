import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { RunContext, TaskRunner } from "../../server/tasks/task-runner.ts";
import type { TaskView } from "../../shared/protocol/task.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { startTestAgent } from "../support/agent.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";

const RESULT = { path: "/api/exports/x", filename: "x.csv", expires_at_ms: Number.MAX_SAFE_INTEGER };

/** A runner that waits for the test. */
function heldRunner() {
  const begun: { context: RunContext; finish: () => void }[] = [];
  const waiting = new Set<() => void>();
  const runner: TaskRunner = (_task, context) =>
    new Promise((resolve) => {
      begun.push({ context, finish: () => resolve(RESULT) });
      for (const check of waiting) check();
    });
  const nth = (count: number) =>
    new Promise<{ context: RunContext; finish: () => void }>((resolve) => {
      const check = () => {
        const found = begun[count - 1];
        if (found !== undefined) resolve(found);
      };
      waiting.add(check);
      check();
    });
  return { runner, nth };
}

function ask(hub: TestHub, userId: string, link: string | null = null) {
  const tag = userTag(userId as UserId); // as the hub gave it
  return hub.hub.tasks.submit({
    tag,
    kind: "export",
    session_id: null,
    label: "Export of everything",
    payload: null,
    link,
  });
}

/** Waits until a viewer was told that a task is in a state. */
function told(viewer: RawViewer, state: TaskView["state"]): Promise<TaskView> {
  return new Promise((resolve) => {
    viewer.socket.on("task_update", ({ task }) => {
      if (task.state === state) resolve(task);
    });
  });
}

describe("tasks", () => {
  test("are seen by every viewer of the agent: those who are there, and those who come later", async () => {
    const hub = await startHub();
    const held = heldRunner();
    hub.hub.tasks.register("export", held.runner);
    const { userId } = await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    expect((await viewer.ask("join", { user_id: userId })).tasks).toEqual([]);
    const [running, done] = [told(viewer, "running"), told(viewer, "done")];
    const { task_id } = await ask(hub, userId);
    expect((await running).task_id).toBe(task_id);
    const second = await startRawViewer(hub.url);
    expect((await second.ask("join", { user_id: userId })).tasks).toMatchObject([
      { task_id, state: "running" },
    ]);
    // It ends at once: what joining showed is taken back, before any other news of it.
    const doneForSecond = told(second, "done");
    (await held.nth(1)).finish();
    expect(await done).toMatchObject({ task_id, result: RESULT });
    expect(await doneForSecond).toMatchObject({ task_id, result: RESULT });
    expect((await second.ask("list_tasks", { user_id: userId })).tasks).toMatchObject([{ state: "done" }]);
  });

  test("of another agent are neither seen nor cancelled", async () => {
    const hub = await startHub();
    hub.hub.tasks.register("export", heldRunner().runner);
    const [mine, theirs] = [await startRawAgent(hub.url), await startRawAgent(hub.url)];
    const { task_id } = await ask(hub, theirs.userId);
    const viewer = await startRawViewer(hub.url);
    expect((await viewer.ask("join", { user_id: mine.userId })).tasks).toEqual([]);
    expect(await viewer.request("cancel_task", { user_id: mine.userId, task_id })).toMatchObject({
      error: { code: "task_not_found" },
    });
    expect(await viewer.request("cancel_task", { user_id: theirs.userId, task_id })).toMatchObject({
      error: { code: "not_joined" },
    });
  });

  test("are cancelled by who has control, and only watched through a view link, without what they made", async () => {
    const hub = await startHub();
    const held = heldRunner();
    hub.hub.tasks.register("export", held.runner);
    const { userId } = await startRawAgent(hub.url);
    const owner = await startRawViewer(hub.url);
    await owner.ask("join", { user_id: userId });
    const { token } = await owner.ask("create_share_link", {
      user_id: userId,
      role: "view",
      label: "x",
      expires_in_s: null,
    });
    const guest = await startRawViewer(hub.url);
    const { user_id } = await guest.ask("join", { share_token: token });
    const done = told(guest, "done");
    const [first, second] = [await ask(hub, userId), await ask(hub, userId)];
    expect(await guest.request("cancel_task", { user_id, task_id: first.task_id })).toMatchObject({
      error: { code: "forbidden" },
    });
    (await held.nth(1)).finish();
    expect(await done).toMatchObject({ result: null });
    const { context } = await held.nth(2);
    expect(await owner.ask("cancel_task", { user_id: userId, task_id: second.task_id })).toMatchObject({
      state: "cancelled",
    });
    expect(context.signal.aborted).toBe(true);
    const seen = (await guest.ask("list_tasks", { user_id })).tasks;
    expect(seen.map(({ state, result }) => [state, result])).toEqual([
      ["cancelled", null],
      ["done", null],
    ]);
    const [, own] = (await owner.ask("list_tasks", { user_id: userId })).tasks;
    expect(own?.result).toEqual(RESULT);
  });

  test("outlive the hub that ran them: the next one goes on, and each ends once", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "benchcast-tasks-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const key = newAgentKey();
    const before = await startHub({ dataDir });
    const held = heldRunner();
    before.hub.tasks.register("export", held.runner);
    const { userId } = await startRawAgent(before.url, { key });
    const tasks = [await ask(before, userId), await ask(before, userId), await ask(before, userId)];
    const { context, finish } = await held.nth(2);
    context.signal.addEventListener("abort", finish);
    await before.close();
    const after = await startHub({ dataDir });
    const again = heldRunner();
    after.hub.tasks.register("export", again.runner);
    await startRawAgent(after.url, { key });
    const viewer = await startRawViewer(after.url);
    expect(
      (await viewer.ask("join", { user_id: userId })).tasks.map(({ task_id }) => task_id).toSorted(),
    ).toEqual(tasks.map(({ task_id }) => task_id).toSorted());
    for (let nth = 1; nth <= 3; nth += 1) {
      const done = told(viewer, "done");
      (await again.nth(nth)).finish();
      await done;
    }
    const states = (await viewer.ask("list_tasks", { user_id: userId })).tasks.map(({ state }) => state);
    expect(states).toEqual(["done", "done", "done"]);
  });

  test("of an agent with a heavier enrolment have more turns", async () => {
    const hub = await startHub({ env: { AGENT_TOKENS: "lab:correct-horse-battery:4" } });
    const { agent } = await startTestAgent(hub.url, { token: "correct-horse-battery" });
    expect(await hub.hub.tasks.weights.of(userTag(agent.userId))).toBe(4);
  });
});
