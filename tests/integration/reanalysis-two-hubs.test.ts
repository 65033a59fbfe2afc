import { expect, test } from "vitest";
import type { AppendReply, Store } from "../../server/store/port.ts";
import { sceneOf, startSessionOn } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubs } from "../support/hubs.ts";
import { hullRows } from "../support/hull-rows.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const FIRST = { direction: "up", sg_points: 15 } as const;
const SECOND = { direction: "up", sg_points: 31, min_snr: 0 } as const;
const BEFORE = 30;
const MEANWHILE = 10;
const file = (n: number) => simulatedFile(n, { step_v: 0.005 });

/** What the analysis itself says of the first files. */
const expected = (count: number, given: object) =>
  hullRows(
    Array.from({ length: count }, (_, n) => file(n)),
    given,
  );

/** Holds every write of a re-analysis back until the test lets it go, and notes how appends were answered. */
function watchedStores() {
  const appends: AppendReply["kind"][] = [];
  let begun = () => {};
  let release = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const wrapStore = (store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        if (name === "append")
          return async (...given: Parameters<Store["append"]>) => {
            const reply = await target.append(...given);
            appends.push(reply.kind);
            return reply;
          };
        if (name === "putResults")
          return async (...given: Parameters<Store["putResults"]>) => {
            begun();
            await released;
            return target.putResults(...given);
          };
        return method.bind(target);
      },
    });
  return { wrapStore, appends, hasBegun, release: () => release() };
}

test("[R18] a viewer on one hub has a session re-analysed whose agent is on another: files that arrive there have results in both versions from then on", {
  timeout: 180_000,
}, async () => {
  const watched = watchedStores();
  const many = await startHubs(0);
  const [agents, viewers] = [await many.start(0, watched), await many.start(1, watched)];
  await Promise.all([agents, viewers].map(({ hub }) => hub.fleet.look()));
  const scene = await startSessionOn(agents.url, { params: FIRST });
  const { user_id, session_id } = scene;
  for (let n = 0; n < BEFORE; n += 1) await scene.send(`swv_${n}.txt`, file(n));
  const viewer = await startRawViewer(viewers.url);
  await viewer.ask("join", { user_id });
  watched.appends.length = 0;
  const { task } = await viewer.ask("update_analysis_params", {
    user_id,
    session_id,
    analysisParams: SECOND,
  });
  await watched.hasBegun;
  for (let n = BEFORE; n < BEFORE + MEANWHILE; n += 1) await scene.send(`swv_${n}.txt`, file(n));
  // The first one is refused, from which its hub learns what has changed; it is analysed anew, and none after it.
  expect(watched.appends).toEqual(["fenced", ...Array.from({ length: MEANWHILE }, () => "done")]);
  watched.release();
  const there = sceneOf(scene.agent, viewer, session_id);
  expect(await there.ended(task.task_id)).toMatchObject({ state: "done" });
  expect(await there.session()).toMatchObject({ version: 2, head: BEFORE + MEANWHILE, raw_gone: 0 });
  for (const one of [there, scene]) {
    expect(await one.rows()).toEqual(expected(BEFORE + MEANWHILE, SECOND));
    expect(await one.rows(1)).toEqual(expected(BEFORE + MEANWHILE, FIRST));
  }
  await scene.send("swv_40.txt", file(BEFORE + MEANWHILE));
  expect(await there.rows()).toEqual(expected(BEFORE + MEANWHILE + 1, SECOND));
});
