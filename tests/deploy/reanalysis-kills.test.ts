import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { Random } from "../../agent/random.ts";
import type { TaskView } from "../../shared/protocol/task.ts";
import { type AnalysisScene, sceneOf, startSessionOn } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";
import { hullRows } from "../support/hull-rows.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";
import { startRedis } from "../support/redis-server.ts";

/*
 * Hubs are killed with -9 in the middle of re-analyses, at ten random moments in all. `SEED=` repeats them, as far as
 * the operating system does.
 */

const ALONE_KILLS = 7;
const OF_TWO_KILLS = 3;
const FILES = 100;
/** A kill comes so long after the task began, at most: it takes about as long on a machine that is idle. */
const WITHIN_MS = 400;
const POINTS = [15, 31];

const contents = Array.from({ length: FILES }, (_, n) => simulatedFile(n, { step_v: 0.002 }));
const paramsOf = (round: number) =>
  ({ direction: "up", sg_points: POINTS[round % POINTS.length] ?? 15, min_snr: 0 }) as const;

function seeded(of: string): Random {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  process.stdout.write(`re-analysis killed, ${of}: SEED=${seed}\n`);
  return new Random(seed);
}

async function begun(url: string): Promise<AnalysisScene> {
  const scene = await startSessionOn(url, { params: paramsOf(0) });
  for (const [n, content] of contents.entries()) await scene.send(`swv_${n}.txt`, content);
  return scene;
}

async function joined(url: string, user_id: string): Promise<RawViewer> {
  const viewer = await startRawViewer(url);
  await viewer.ask("join", { user_id });
  return viewer;
}

async function seenBy(viewer: RawViewer, user_id: string, task_id: string): Promise<TaskView | undefined> {
  const { tasks } = await viewer.ask("list_tasks", { user_id });
  return tasks.find((task) => task.task_id === task_id);
}

/** Kills the hub at a random moment of a task that has begun. @returns whether it was still running then */
async function killedWhileRunning(
  hub: HubProcess,
  watcher: RawViewer,
  of: { user_id: string; task_id: string; random: Random },
): Promise<boolean> {
  const { user_id, task_id, random } = of;
  await vi.waitUntil(async () => (await seenBy(watcher, user_id, task_id))?.state !== "queued", {
    timeout: 30_000,
    interval: 5,
  });
  await pause(random.uniform() * WITHIN_MS);
  const isRunning = (await seenBy(watcher, user_id, task_id))?.state === "running";
  await hub.kill9();
  return isRunning;
}

/** The task is done, once; its version is the current one and whole; the one before is still to be read. */
async function expectDoneOnce(scene: AnalysisScene, task_id: string, round: number): Promise<void> {
  expect(await scene.ended(task_id)).toMatchObject({ state: "done", done: FILES, total: FILES });
  const { tasks } = await scene.viewer.ask("list_tasks", { user_id: scene.user_id });
  expect(tasks.filter((task) => task.task_id === task_id)).toHaveLength(1);
  expect(tasks.filter(({ state }) => state === "running" || state === "queued")).toEqual([]);
  expect(await scene.session()).toMatchObject({
    version: round + 1,
    reanalysis: null,
    head: FILES,
    raw_gone: 0,
  });
  expect(await scene.rows()).toEqual(hullRows(contents, paramsOf(round)));
  expect(await scene.rows(round)).toEqual(hullRows(contents, paramsOf(round - 1)));
}

test(`a hub with its own store is killed in ${ALONE_KILLS} re-analyses: started again it ends each of them once`, {
  timeout: 600_000,
}, async () => {
  const random = seeded("one hub");
  const hub = await startHubProcess();
  let scene = await begun(hub.url);
  const { user_id, session_id } = scene;
  let hits = 0;
  for (let round = 1; round <= ALONE_KILLS; round += 1) {
    const asked = { user_id, session_id, analysisParams: paramsOf(round) };
    const { task_id } = (await scene.viewer.ask("update_analysis_params", asked)).task;
    const wasRunning = await killedWhileRunning(hub, scene.viewer, { user_id, task_id, random });
    hits += Number(wasRunning);
    process.stdout.write(`  round ${round}: killed ${wasRunning ? "while it ran" : "after its end"}\n`);
    await hub.start();
    const agent = await startRawAgent(hub.url, { key: scene.agent.key });
    scene = sceneOf(agent, await joined(hub.url, user_id), session_id);
    await expectDoneOnce(scene, task_id, round);
  }
  expect(hits, "kills in the middle of a task").toBeGreaterThan(0);
});

test(`of two hubs on one Redis the one that re-analyses is killed, ${OF_TWO_KILLS} times: the other ends each task once, and its viewers see the task throughout`, {
  timeout: 600_000,
}, async () => {
  const random = seeded("two hubs");
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const dying = await startHubProcess({ REDIS_URL: redis.url, HUB_ID: "dying" });
  const staying = await startHubProcess({ REDIS_URL: redis.url, HUB_ID: "staying" });
  // The files are with the hub that stays, and so is one viewer; the other asks the hub that dies.
  const scene = await begun(staying.url);
  const { user_id, session_id, viewer } = scene;
  const ends: string[] = [];
  viewer.socket.on("task_update", ({ task }) => {
    if (task.ended_at_ms !== null) ends.push(task.task_id);
  });
  let hits = 0;
  for (let round = 1; round <= OF_TWO_KILLS; round += 1) {
    const guest = await joined(dying.url, user_id);
    const asked = { user_id, session_id, analysisParams: paramsOf(round) };
    const { task_id } = (await guest.ask("update_analysis_params", asked)).task;
    const wasRunning = await killedWhileRunning(dying, viewer, { user_id, task_id, random });
    hits += Number(wasRunning);
    process.stdout.write(`  round ${round}: killed ${wasRunning ? "while it ran" : "after its end"}\n`);
    const states = new Set<string | undefined>();
    await vi.waitUntil(
      async () => {
        const task = await seenBy(viewer, user_id, task_id);
        states.add(task?.state);
        return task?.state !== "running";
      },
      { timeout: 120_000, interval: 200 },
    );
    expect([...states].filter((state) => state !== "running" && state !== "done")).toEqual([]);
    await expectDoneOnce(scene, task_id, round);
    await vi.waitUntil(() => ends.includes(task_id), { timeout: 30_000 });
    await dying.start();
  }
  expect(ends).toHaveLength(OF_TWO_KILLS);
  expect(hits, "kills in the middle of a task").toBeGreaterThan(0);
});
