import { describe, expect, test, vi } from "vitest";
import { logKey } from "../../server/sessions/session-book.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import { RESULT_KINDS } from "../../shared/protocol/log-tables.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { sceneOf, startAnalysis, startSessionOn } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { hullRows } from "../support/hull-rows.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const FIRST = { direction: "up", sg_points: 15 } as const;
const SECOND = { direction: "up", sg_points: 31, min_snr: 0 } as const;
const file = (n: number) => simulatedFile(n, { step_v: 0.005 });

/** What the analysis itself says of the first files. */
const expected = (count: number, given: object) =>
  hullRows(
    Array.from({ length: count }, (_, n) => file(n)),
    given,
  );

describe("other parameters for a session that has files", () => {
  test("become its next version: the same files at the same places, with other numbers", async () => {
    const { send, rows, reanalyse, session, viewer, user_id, session_id } = await startAnalysis({
      params: FIRST,
    });
    for (let n = 0; n < 60; n++) await send(`swv_${n}.txt`, file(n));
    expect(await rows()).toEqual(expected(60, FIRST));
    expect(await reanalyse(SECOND)).toMatchObject({ state: "done", kind: "reanalysis", done: 60, total: 60 });
    expect(await session()).toMatchObject({
      version: 2,
      params: SECOND,
      previous: { version: 1, params: FIRST },
      reanalysis: null,
      raw_gone: 0,
      head: 60,
    });
    expect(await rows()).toEqual(expected(60, SECOND));
    // Until the next re-analysis; then it is gone, and the answer says what is there instead.
    expect(await rows(1)).toEqual(expected(60, FIRST));
    await reanalyse({ ...FIRST, sg_points: 21 });
    const gone = await viewer.request("read_log", { user_id, session_id, since: 0, version: 1 });
    expect(gone).toMatchObject({ ok: false, error: { code: "version_gone", details: { version: 3 } } });
    expect(await rows(2)).toEqual(expected(60, SECOND));
  });

  test("a viewer that only listens learns of the new version", async () => {
    const { send, reanalyse, viewer, session_id } = await startAnalysis({ params: FIRST });
    await send("swv_0.txt", file(0));
    const told = new Promise((resolve) =>
      viewer.socket.on("session_state", (state) => {
        if (state.session_id === session_id && state.version === 2) resolve(state);
      }),
    );
    await reanalyse(SECOND);
    expect(await told).toMatchObject({ head: 1 });
  });

  test("files that arrive meanwhile have results in both versions", async () => {
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { send, rows, viewer, user_id, session_id, ended } = await startAnalysis(
      { params: FIRST },
      {
        // The task reads its first file only when others have come.
        wrapStore: (store) =>
          new Proxy(store, {
            get(target, name) {
              if (name === "readRaw")
                return async (...asked: Parameters<typeof target.readRaw>) => {
                  await held;
                  return target.readRaw(...asked);
                };
              const value: unknown = Reflect.get(target, name);
              return typeof value === "function" ? value.bind(target) : value;
            },
          }),
      },
    );
    for (let n = 0; n < 20; n++) await send(`swv_${n}.txt`, file(n));
    const { task } = await viewer.ask("update_analysis_params", {
      user_id,
      session_id,
      analysisParams: SECOND,
    });
    for (let n = 20; n < 30; n++) await send(`swv_${n}.txt`, file(n));
    goOn();
    expect(await ended(task.task_id)).toMatchObject({ state: "done" });
    await send("swv_30.txt", file(30));
    expect(await rows()).toEqual(expected(31, SECOND));
    // What arrived after the swap has no place in the version before.
    expect(await rows(1)).toEqual(expected(30, FIRST));
  });

  test("work for a stopped session, and choices left to the program are made once", async () => {
    const { send, rows, reanalyse, session, viewer, user_id, session_id } = await startAnalysis({
      params: FIRST,
    });
    for (let n = 0; n < 5; n++) await send(`swv_${n}.txt`, file(n));
    await viewer.ask("stop_analysis_session", { user_id, session_id });
    await reanalyse({});
    const { params, state } = await session();
    expect(state).toBe("stopped");
    expect(params).toMatchObject({ direction: "up", sg_points: expect.any(Number) });
    expect(await rows()).toEqual(expected(5, params));
  });

  test("a file that is kept nowhere keeps its place and says so; one that the agent still has is fetched", async () => {
    let isLost = false;
    const { agent, send, rows, reanalyse, session, notes } = await startAnalysis(
      { params: FIRST },
      {
        wrapStore: (store) =>
          new Proxy(store, {
            get(target, name) {
              if (name === "readRaw" && isLost) return async () => null;
              const value: unknown = Reflect.get(target, name);
              return typeof value === "function" ? value.bind(target) : value;
            },
          }),
      },
    );
    for (let n = 0; n < 3; n++) await send(`swv_${n}.txt`, file(n));
    agent.files.set("swv_1.txt", file(1));
    agent.files.set("swv_2.txt", file(77)); // written over since
    isLost = true;
    await reanalyse(SECOND);
    expect(await session()).toMatchObject({ version: 2, raw_gone: 2 });
    const kinds = (await rows()).map(({ offset, kind }) => [offset, RESULT_KINDS[kind ?? -1]]);
    expect(kinds).toEqual([
      [0, "raw-gone"],
      [0, "raw-gone"],
      [1, "peak"],
      [1, "peak"],
      [2, "raw-gone"],
      [2, "raw-gone"],
    ]);
    expect((await notes()).map(({ offset, code }) => [offset, code])).toEqual([
      [0, "raw_gone"],
      [2, "raw_gone"],
    ]);
    expect(await rows(1)).toEqual(expected(3, FIRST));
  });

  test("that do not fit the technique are refused, with the field that is wrong", async () => {
    const { viewer, user_id, session_id } = await startAnalysis();
    const refused = await viewer.request("update_analysis_params", {
      user_id,
      session_id,
      analysisParams: { method: "tangent" },
    });
    expect(refused).toMatchObject({
      ok: false,
      error: { code: "invalid_message", message: expect.stringContaining("analysisParams.method") },
    });
  });

  test("a cancelled re-analysis leaves the current version, and nothing of its own", async () => {
    const { hub, send, rows, session, viewer, user_id, session_id } = await startAnalysis({ params: FIRST });
    for (let n = 0; n < 60; n++) await send(`swv_${n}.txt`, file(n));
    const ask = (analysisParams: object) =>
      viewer.ask("update_analysis_params", { user_id, session_id, analysisParams });
    const { task } = await ask(SECOND);
    await viewer.ask("cancel_task", { user_id, task_id: task.task_id });
    await vi.waitFor(async () => expect((await session()).reanalysis).toBeNull());
    expect(await session()).toMatchObject({ version: 1, params: FIRST, previous: null });
    expect(await rows()).toEqual(expected(60, FIRST));
    const key = logKey(userTag(user_id as UserId), session_id);
    const left = await hub.hub.store.readLog(key, { since: 0, limit: 60, version: 2 });
    await vi.waitFor(() => expect(left?.rows.every(({ result }) => result === null)).toBe(true));
  });
});

test("a hub that is killed in the middle of a re-analysis finishes it, and nobody sees half of it", async () => {
  const hub = await startHubProcess();
  const first = await startSessionOn(hub.url, { params: FIRST });
  const count = 75;
  for (let n = 0; n < count; n++) await first.send(`swv_${n}.txt`, file(n));
  const { user_id, session_id } = first;
  const { task } = await first.viewer.ask("update_analysis_params", {
    user_id,
    session_id,
    analysisParams: SECOND,
  });
  await vi.waitUntil(
    async () => {
      const { tasks } = await first.viewer.ask("list_tasks", { user_id });
      return tasks.some(({ state }) => state !== "queued");
    },
    { timeout: 30_000, interval: 5 },
  );
  await hub.kill9();
  await hub.start();
  const agent = await startRawAgent(hub.url, { key: first.agent.key });
  const viewer = await startRawViewer(hub.url);
  await viewer.ask("join", { user_id });
  const again = sceneOf(agent, viewer, session_id);
  const { version } = await again.session();
  expect(await again.rows()).toEqual(expected(count, version === 1 ? FIRST : SECOND));
  expect(await again.ended(task.task_id)).toMatchObject({ state: "done" });
  expect(await again.session()).toMatchObject({ version: 2, reanalysis: null });
  expect(await again.rows()).toEqual(expected(count, SECOND));
  expect(await again.rows(1)).toEqual(expected(count, FIRST));
}, 120_000);

describe("a session", () => {
  test("gets another name, and files go on arriving", async () => {
    const { send, rows, session, viewer, user_id, session_id } = await startAnalysis({ params: FIRST });
    await send("swv_0.txt", file(0));
    const renamed = await viewer.ask("rename_session", { user_id, session_id, label: " Serum 3 " });
    expect(renamed).toMatchObject({ label: "Serum 3", head: 1 });
    await send("swv_1.txt", file(1));
    expect(await rows()).toEqual(expected(2, FIRST));
    expect((await session()).label).toBe("Serum 3");
  });

  test("that is deleted is gone with everything, and takes no more files", async () => {
    const { hub, agent, send, viewer, user_id, session_id } = await startAnalysis({ params: FIRST });
    for (let n = 0; n < 3; n++) await send(`swv_${n}.txt`, file(n));
    await viewer.ask("annotate", {
      user_id,
      session_id,
      change: {
        do: "add",
        note_id: "note-0123456789abcdef",
        kind: "note",
        at: { offset: 0 },
        text: "before lunch",
      },
    });
    await viewer.ask("delete_session", { user_id, session_id });
    expect((await viewer.ask("list_sessions", { user_id })).sessions).toEqual([]);
    expect(await agent.send(session_id, "swv_9.txt", file(9))).toMatchObject({ ok: false });
    const key = logKey(userTag(user_id as UserId), session_id);
    expect(await hub.hub.store.heads([key])).toEqual([null]);
    expect(await hub.hub.store.readRaw(key, 0)).toBeNull();
    const read = await viewer.request("read_log", { user_id, session_id, since: 0 });
    expect(read).toMatchObject({ ok: false, error: { code: "session_not_found" } });
  });
});
