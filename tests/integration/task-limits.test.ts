import { expect, test } from "vitest";
import type { TaskRunner } from "../../server/tasks/task-runner.ts";
import { ERRORS } from "../../shared/protocol/errors.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

/** A hub that runs one task, which waits for the test, and lets one more of each user wait. */
async function startScene() {
  const hub = await startHub({ env: { MAX_CONCURRENT_TASKS: "1", MAX_TASKS_PER_USER: "1" } });
  const ends: (() => void)[] = [];
  const begun: ((run: () => void) => void)[] = [];
  const runner: TaskRunner = () =>
    new Promise((resolve) => {
      const end = () => resolve(null);
      const waiting = begun.shift();
      if (waiting) waiting(end);
      else ends.push(end);
    });
  hub.hub.tasks.register("reanalysis", runner);
  /** Ends a run once it has begun. */
  const next = async () =>
    ends.shift() ?? (await new Promise<() => void>((resolve) => void begun.push(resolve)));
  return { hub, next };
}

async function startUser(url: string, patterns: readonly string[]) {
  const { userId: user_id } = await startRawAgent(url);
  const viewer = await startRawViewer(url);
  await viewer.ask("join", { user_id });
  const sessions: string[] = [];
  for (const pattern of patterns) {
    const wish = { user_id, filters: { pattern }, analysisParams: {} };
    sessions.push((await viewer.ask("start_analysis_session", wish)).session.session_id);
  }
  const reanalyse = (session: number, sg_points: number) =>
    viewer.request("update_analysis_params", {
      user_id,
      session_id: sessions[session] ?? "",
      analysisParams: { sg_points },
    });
  const states = async () => (await viewer.ask("list_tasks", { user_id })).tasks.map(({ state }) => state);
  return { reanalyse, states };
}

test("one task more than may wait is refused: 429 too_many_tasks, with the limit, what to do, and when to come back", async () => {
  const { hub, next } = await startScene();
  const user = await startUser(hub.url, ["a_{n}.txt", "b_{n}.txt", "c_{n}.txt"]);
  const other = await startUser(hub.url, ["a_{n}.txt"]);
  expect(await user.reanalyse(0, 15)).toMatchObject({ ok: true });
  const end = await next();
  expect(await user.reanalyse(1, 15)).toMatchObject({
    ok: true,
    value: { task: { state: "queued", position: 1 } },
  });
  const refused = await user.reanalyse(2, 15);
  expect(refused).toMatchObject({
    ok: false,
    error: {
      code: "too_many_tasks",
      retryable: true,
      message: expect.stringMatching(/^1 tasks? of yours waits? already.*Cancel one/),
      details: { limit: 1 },
    },
  });
  expect(ERRORS.too_many_tasks.http).toBe(429);
  const { retry_after_ms } = (refused.ok ? {} : refused.error.details) as { retry_after_ms?: number };
  expect(retry_after_ms).toBeGreaterThanOrEqual(1_000);
  expect(await other.reanalyse(0, 15)).toMatchObject({ ok: true, value: { task: { state: "queued" } } });
  end();
  // The other's turn may come first; then this one's.
  (await next())();
  const last = await next();
  expect(await user.reanalyse(2, 15)).toMatchObject({ ok: true });
  last();
  (await next())();
});

test("a refusal cancels nothing: what was asked for before goes on", async () => {
  const { hub, next } = await startScene();
  const user = await startUser(hub.url, ["a_{n}.txt", "b_{n}.txt"]);
  expect(await user.reanalyse(0, 15)).toMatchObject({ ok: true });
  const end = await next();
  expect(await user.reanalyse(1, 15)).toMatchObject({ ok: true });
  // Later parameters for the one that runs: there is no room to wait in.
  expect(await user.reanalyse(0, 31)).toMatchObject({ error: { code: "too_many_tasks" } });
  expect((await user.states()).toSorted()).toEqual(["queued", "running"]);
  // Later parameters for the one that waits take its place.
  expect(await user.reanalyse(1, 31)).toMatchObject({ ok: true });
  expect((await user.states()).toSorted()).toEqual(["cancelled", "queued", "running"]);
  end();
  (await next())();
});
