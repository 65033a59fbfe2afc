import { describe, expect, test, vi } from "vitest";
import { userTag } from "../../server/sessions/user-tag.ts";
import { type Store, StoreUnavailable } from "../../server/store/port.ts";
import { readScans, resolveParams, scansFor } from "../../shared/analysis/measurement.ts";
import { defaultParams } from "../../shared/protocol/analysis-params.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { startAnalysis } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { hullRows } from "../support/hull-rows.ts";
import { startRawAgent } from "../support/raw-agent.ts";

/** Files on which other smoothing windows are chosen: they have other steps. */
const coarse = (n: number) => simulatedFile(n, { step_v: 0.005 });
const fine = (n: number) => simulatedFile(n, { step_v: 0.002 });
/** Too few points to choose anything from. */
const short = (n: number) => simulatedFile(n, { step_v: 0.1 });
const FIXED = { direction: "up", sg_points: 15 } as const;

/** What is chosen on this file alone. */
function chosenOn(content: Uint8Array) {
  const settings = { technique: "swv", params: defaultParams("swv") } as const;
  const parsed = readScans(content, settings);
  if (!parsed.ok) throw new Error(parsed.message);
  return resolveParams(scansFor(parsed.scans, "swv", {}), settings);
}

/** A store whose calls of one method wait for the test where it says so. */
function heldStore<Method extends "readRaw" | "append" | "putResults">(
  method: Method,
  holds: (...given: Parameters<Store[Method]>) => Promise<unknown> | null,
) {
  return (store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (name !== method) return value.bind(target);
        return async (...given: Parameters<Store[Method]>) => {
          await holds(...given);
          return value.apply(target, given);
        };
      },
    });
}

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** A session whose re-analysis, once it is under way, waits at the first file until it is let on. */
async function heldScene() {
  const { opened, open } = gate();
  const scene = await startAnalysis({ params: FIXED }, { wrapStore: heldStore("readRaw", () => opened) });
  const { viewer, user_id, session_id, session } = scene;
  const reanalysing = async () => {
    const wish = { user_id, session_id, analysisParams: {} };
    const { task } = await viewer.ask("update_analysis_params", wish);
    await vi.waitUntil(async () => (await session()).reanalysis !== null, { timeout: 30_000 });
    return task;
  };
  return { ...scene, open, reanalysing };
}

test("the files of these tests are chosen from differently, and the short one not at all", () => {
  expect(chosenOn(coarse(0))).not.toEqual(chosenOn(fine(0)));
  expect(chosenOn(short(0))).toBeNull();
});

describe("[R9] choices of a re-analysis are made on the log's first file that allows them", () => {
  test("not on a live one that arrives while it waits, which is logged at once and has results at the swap", async () => {
    const { open, reanalysing, send, rows, session, ended } = await heldScene();
    for (let n = 0; n < 30; n++) await send(`swv_${n}.txt`, coarse(n));
    const task = await reanalysing();
    for (let n = 30; n < 35; n++) await send(`swv_${n}.txt`, fine(n));
    expect(await session()).toMatchObject({ head: 35, version: 1 });
    open();
    expect(await ended(task.task_id)).toMatchObject({ state: "done" });
    await send("swv_35.txt", fine(35));
    const { params } = await session();
    expect(params).toEqual(chosenOn(coarse(0)));
    const files = Array.from({ length: 36 }, (_, n) => (n < 30 ? coarse(n) : fine(n)));
    expect(await rows()).toEqual(hullRows(files, params));
    expect(await rows(1)).toEqual(hullRows(files.slice(0, 35), FIXED));
  });

  test("also where the first files allow none, or are kept nowhere", async () => {
    const isGone = new Set<number>();
    const wrapStore = (store: Store): Store =>
      new Proxy(store, {
        get(target, name) {
          if (name === "readRaw")
            return async (...[key, offset]: Parameters<Store["readRaw"]>) =>
              isGone.has(offset) ? null : target.readRaw(key, offset);
          const value: unknown = Reflect.get(target, name);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    const { send, rows, session, reanalyse } = await startAnalysis({ params: FIXED }, { wrapStore });
    const files = [coarse(0), ...Array.from({ length: 30 }, (_, n) => short(n + 1)), fine(31), coarse(32)];
    for (const [n, content] of files.entries()) await send(`swv_${n}.txt`, content);
    isGone.add(0);
    await reanalyse({});
    const { params, raw_gone } = await session();
    expect(raw_gone).toBe(1);
    expect(params).toEqual(chosenOn(fine(31)));
    const others = (all: Record<string, number>[]) => all.filter(({ offset }) => offset !== 0);
    expect(others(await rows())).toEqual(others(hullRows(files, params)));
  });

  test("and on the first one that comes, where no file of the log allows any", async () => {
    const { open, reanalysing, send, rows, session, ended } = await heldScene();
    for (let n = 0; n < 3; n++) await send(`swv_${n}.txt`, short(n));
    const task = await reanalysing();
    await send("swv_3.txt", short(3));
    await send("swv_4.txt", fine(4));
    await send("swv_5.txt", coarse(5));
    open();
    expect(await ended(task.task_id)).toMatchObject({ state: "done" });
    const { params } = await session();
    expect(params).toEqual(chosenOn(fine(4)));
    const files = [short(0), short(1), short(2), short(3), fine(4), coarse(5)];
    expect(await rows()).toEqual(hullRows(files, params));
  });

  test("also one that comes when the rest is done, and although the store was away in between", async () => {
    const { opened, open } = gate();
    let written = 0;
    const wrapStore = heldStore("putResults", async () => {
      written += 1;
      if (written === 1) throw new StoreUnavailable("away for a moment");
      if (written === 2) await opened;
    });
    const scene = await startAnalysis({ params: FIXED }, { wrapStore });
    const { send, rows, session, viewer, user_id, session_id, ended } = scene;
    for (let n = 0; n < 3; n++) await send(`swv_${n}.txt`, short(n));
    const { task } = await viewer.ask("update_analysis_params", { user_id, session_id, analysisParams: {} });
    await vi.waitUntil(() => written === 2, { timeout: 30_000 });
    await send("swv_3.txt", fine(3));
    await send("swv_4.txt", coarse(4));
    open();
    expect(await ended(task.task_id)).toMatchObject({ state: "done" });
    // The live files changed the session under the second batch, and the choice had all made anew.
    expect(written).toBe(4);
    const { params } = await session();
    expect(params).toEqual(chosenOn(fine(3)));
    expect(await rows()).toEqual(hullRows([short(0), short(1), short(2), fine(3), coarse(4)], params));
  });

  test("and a cancelled one leaves nothing, and nothing for later files to wait for", async () => {
    const { opened, open } = gate();
    let isHeld = false;
    const wrapStore = heldStore("readRaw", () => {
      isHeld = true;
      return opened;
    });
    const { hub, ...scene } = await startAnalysis({ params: FIXED }, { wrapStore });
    const { send, rows, session, viewer, user_id, session_id } = scene;
    await send("swv_0.txt", coarse(0));
    const { task } = await viewer.ask("update_analysis_params", { user_id, session_id, analysisParams: {} });
    await vi.waitUntil(() => isHeld, { timeout: 30_000 });
    await send("swv_1.txt", fine(1));
    const record = () => hub.hub.book.get(userTag(user_id as UserId), session_id);
    expect(await record()).toMatchObject({ reanalysis: { version: 2 }, reanalysis_owes: true });
    await viewer.ask("cancel_task", { user_id, task_id: task.task_id });
    open();
    await vi.waitFor(async () => expect((await session()).reanalysis).toBeNull(), { timeout: 30_000 });
    expect(await record()).toMatchObject({ version: 1, params: FIXED, reanalysis_owes: false });
    await send("swv_2.txt", fine(2));
    expect(await rows()).toEqual(hullRows([coarse(0), fine(1), fine(2)], FIXED));
    await scene.reanalyse({});
    const { params, version } = await session();
    expect({ params, version }).toEqual({ params: chosenOn(coarse(0)), version: 3 });
    expect(await rows()).toEqual(hullRows([coarse(0), fine(1), fine(2)], params));
  });

  test("of an empty log on its first file, and nothing is missing of files that come one after the other", async () => {
    const { send, rows, session, reanalyse } = await startAnalysis({ params: FIXED });
    await reanalyse({});
    expect(await session()).toMatchObject({ version: 2, params: { sg_points: "auto" } });
    await send("swv_0.txt", short(0));
    await reanalyse({ min_snr: 0 });
    expect(await session()).toMatchObject({ version: 3, params: { sg_points: "auto" }, reanalysis: null });
    await send("swv_1.txt", fine(1));
    await send("swv_2.txt", coarse(2));
    const { params } = await session();
    expect(params).toEqual({ ...chosenOn(fine(1)), min_snr: 0 });
    expect(await rows()).toEqual(hullRows([short(0), fine(1), coarse(2)], params));
  });
});

describe("[R9] choices of a new session are made on its log's first file", () => {
  test("whichever of several at once comes to stand there", async () => {
    const written = gate();
    let isHeld = false;
    const wrapStore = heldStore("append", (_key, _fences, [item]) => {
      if (item?.name !== "swv_0.txt" || isHeld) return null;
      isHeld = true;
      return written.opened;
    });
    const { agent, send, rows, session, session_id } = await startAnalysis({}, { wrapStore });
    const slow = agent.send(session_id, "swv_0.txt", coarse(0));
    await vi.waitUntil(() => isHeld, { timeout: 30_000 });
    await send("swv_1.txt", fine(1));
    written.open();
    expect(await slow).toMatchObject({ ok: true, value: { outcome: "stored", offset: 1 } });
    const { params } = await session();
    expect(params).toEqual(chosenOn(fine(1)));
    expect(await rows()).toEqual(hullRows([fine(1), coarse(0)], params));
  });

  test("with eight in flight", async () => {
    const { agent, rows, session, session_id } = await startAnalysis();
    const files = new Map(
      Array.from({ length: 8 }, (_, n) => [`swv_${n}.txt`, n % 2 === 0 ? coarse(n) : fine(n)] as const),
    );
    const acks = await Promise.all(
      [...files].map(async ([name, content]) => [name, await agent.send(session_id, name, content)] as const),
    );
    const order = acks
      .map(([name, ack]) => ({ name, at: ack.ok && "offset" in ack.value ? ack.value.offset : Number.NaN }))
      .sort((a, b) => a.at - b.at)
      .map(({ name }) => files.get(name) ?? new Uint8Array());
    const { params } = await session();
    expect(params).toEqual(chosenOn(order[0] ?? new Uint8Array()));
    expect(await rows()).toEqual(hullRows(order, params));
  });

  test("not on one whose agent was replaced before it could be logged", async () => {
    const written = gate();
    let isHeld = false;
    const wrapStore = heldStore("append", (_key, _fences, [item]) => {
      if (item?.name !== "swv_0.txt" || isHeld) return null;
      isHeld = true;
      return written.opened;
    });
    const scene = await startAnalysis({}, { wrapStore });
    const { agent, rows, session, session_id, hub } = scene;
    // Its connection ends before the answer.
    agent.send(session_id, "swv_0.txt", coarse(0)).catch(() => undefined);
    await vi.waitUntil(() => isHeld, { timeout: 30_000 });
    const other = await startRawAgent(hub.url, { key: agent.key });
    await vi.waitFor(async () =>
      expect(await other.send(session_id, "swv_1.txt", fine(1))).toMatchObject({
        ok: true,
        value: { outcome: "stored", offset: 0 },
      }),
    );
    written.open();
    await other.send(session_id, "swv_2.txt", coarse(2));
    const { params } = await session();
    expect(params).toEqual(chosenOn(fine(1)));
    expect(await rows()).toEqual(hullRows([fine(1), coarse(2)], params));
  });
});
