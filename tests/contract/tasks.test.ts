import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { OpenedStore } from "../../server/store/open-store.ts";
import { type Store, StoreFull, StoreUnavailable } from "../../server/store/port.ts";
import { LEASE_MS } from "../../server/tasks/task-runs.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { type Place, STORES } from "./stores.ts";
import { TaskHubs, tagOf, until, wish } from "./task-hubs.ts";

describe.each(STORES)("tasks on $kind", (stores) => {
  beforeAll(() => stores.start());
  afterAll(() => stores.stop());

  let place: Place;
  let [one, two, three]: OpenedStore[] = [];
  let hubs: TaskHubs;
  const store = (opened: OpenedStore | undefined): Store => {
    if (opened === undefined) throw new Error("Opened before each test.");
    return opened;
  };
  beforeEach(async () => {
    place = await stores.place();
    [one, two, three] = await place.openForCallers(3);
    hubs = new TaskHubs();
  });
  afterEach(() => place.remove());

  test("three hubs take from one queue: each task is run by one of them and ends once", async () => {
    const all = [one, two, three].map((opened, n) => hubs.start(`hub-${n}`, store(opened)));
    const submitted = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (all[n % 3] ?? all[0])?.submit(wish(`user-${n % 4}`))),
    );
    for (let count = 1; count <= 12; count += 1) {
      const runs = await Promise.all([hubs.begun(count), ...all.map((hub) => hub.tick())]);
      runs[0][count - 1]?.finish();
      await until(all, async () => (await all[0]?.overview())?.length === 12 - count);
    }
    expect(hubs.runs.map(({ task }) => task.task_id).toSorted()).toEqual(
      submitted.map((view) => view?.task_id).toSorted(),
    );
    const ended = await Promise.all([0, 1, 2, 3].map((n) => all[0]?.list(tagOf(`user-${n}`), null)));
    expect(ended.flat().map((view) => view?.state)).toEqual(Array.from({ length: 12 }, () => "done"));
  });

  test("a hub that falls silent loses its task to another, and what it says later changes nothing", async () => {
    const dead = hubs.start("dead", store(one));
    const alive = hubs.start("alive", store(two));
    const { task_id } = await dead.submit(wish("a"));
    await dead.tick();
    const [lost] = await hubs.begun(1);
    await alive.tick();
    hubs.nowMs += LEASE_MS - 1;
    await alive.tick();
    expect(hubs.runs).toHaveLength(1);
    hubs.nowMs += 1;
    await alive.tick();
    const [, again] = await hubs.begun(2);
    expect(again).toMatchObject({ hub: "alive", task: { task_id, payload: { of: "a" } } });
    lost?.context.progress(9, 10);
    lost?.finish();
    await dead.tick();
    expect(lost?.context.signal.aborted).toBe(true);
    expect(await store(one).compareAndSet([lost?.context.fence ?? neverTrue()])).toBe(false);
    expect(await store(two).compareAndSet([again?.context.fence ?? neverTrue()])).toBe(true);
    expect(await dead.get(tagOf("a"), task_id)).toMatchObject({ state: "running", done: 0 });
    again?.finish();
    await until([alive], async () => (await alive.get(tagOf("a"), task_id)).state === "done");
  });

  test("a hub that works in silence keeps its task: its lease is renewed", async () => {
    const busy = hubs.start("busy", store(one));
    const other = hubs.start("other", store(two));
    await busy.submit(wish("a"));
    await busy.tick();
    for (let elapsed = 0; elapsed < 4 * LEASE_MS; elapsed += 1_000) {
      hubs.nowMs += 1_000;
      await busy.tick();
      await other.tick();
    }
    expect(hubs.runs).toHaveLength(1);
  });

  test("a hub that starts again goes on at once with what it was at when it was killed", async () => {
    const before = hubs.start("hub", store(one));
    const { task_id } = await before.submit(wish("a"));
    await before.tick();
    await hubs.begun(1);
    const after = hubs.start("hub", store(one));
    await after.tick();
    expect((await hubs.begun(2))[1]?.task.task_id).toBe(task_id);
  });

  test("a hub that ends hands its task back, and another goes on at once", async () => {
    const leaving = hubs.start("leaving", store(one));
    const staying = hubs.start("staying", store(two));
    const { task_id } = await leaving.submit(wish("a"));
    await leaving.tick();
    const [run] = await hubs.begun(1);
    run?.context.signal.addEventListener("abort", () => run.finish());
    await leaving.close();
    await staying.tick();
    expect((await hubs.begun(2))[1]).toMatchObject({ hub: "staying", task: { task_id } });
  });

  test("a task is cancelled in every state, through any hub, as often as one likes", async () => {
    const here = hubs.start("here", store(one), { maxRunning: 1 });
    const there = hubs.start("there", store(two), { maxRunning: 1 });
    const running = await here.submit(wish("a"));
    await here.tick();
    const [run] = await hubs.begun(1);
    await there.tick();
    const waiting = await here.submit(wish("a"));
    const cancelled = await there.cancel(tagOf("a"), waiting.task_id);
    expect(cancelled).toMatchObject({ state: "cancelled", started_at_ms: null, position: null });
    expect(await there.cancel(tagOf("a"), running.task_id)).toMatchObject({ state: "cancelled" });
    await here.tick();
    expect(run?.context.signal.aborted).toBe(true);
    await expect(run?.context.breathe()).rejects.toThrow(/cancelled/);
    run?.finish();
    await here.tick();
    for (const { task_id } of [running, waiting])
      expect(await here.cancel(tagOf("a"), task_id)).toMatchObject({ state: "cancelled" });
    expect(await here.overview()).toEqual([]);
    await expect(here.cancel(tagOf("b"), running.task_id)).rejects.toMatchObject({ code: "task_not_found" });
  });

  test("nobody cancels what is another's", async () => {
    const hub = hubs.start("hub", store(one));
    const { task_id } = await hub.submit(wish("a"));
    await expect(hub.cancel(tagOf("b"), task_id)).rejects.toMatchObject({ code: "task_not_found" });
    expect(await hub.list(tagOf("b"), null)).toEqual([]);
    expect(["queued", "running"]).toContain((await hub.get(tagOf("a"), task_id)).state);
  });

  test("past what may wait, a task is refused with a time to come back", async () => {
    const hub = hubs.start("hub", store(one), { maxRunning: 1, maxPerUser: 2 });
    await hub.submit(wish("a"));
    await hub.tick();
    await hubs.begun(1);
    for (let n = 0; n < 2; n += 1) await hub.submit(wish("a"));
    await expect(hub.submit(wish("a"))).rejects.toMatchObject({
      code: "too_many_tasks",
      details: { limit: 2, retry_after_ms: expect.any(Number) },
    });
    await expect(hub.submit(wish("b"))).resolves.toMatchObject({ state: "queued" });
  });

  test("a position is the rank, and who is overtaken is told why", async () => {
    const hub = hubs.start("hub", store(one), { maxRunning: 1 });
    await hub.submit(wish("a"));
    await hub.tick();
    await hubs.begun(1);
    const own = [await hub.submit(wish("a")), await hub.submit(wish("a"))];
    expect(own.map(({ position }) => position)).toEqual([1, 2]);
    expect(await hub.submit(wish("b"))).toMatchObject({ position: 1, moved_back_because: null });
    const [first, second] = await Promise.all(own.map(({ task_id }) => hub.get(tagOf("a"), task_id)));
    expect(first).toMatchObject({ position: 2, moved_back_because: expect.stringMatching(/take turns/) });
    expect(second).toMatchObject({ position: 3 });
  });

  test("an estimate is there once something was measured, for waiting tasks too, and not before", async () => {
    const hub = hubs.start("hub", store(one), { maxRunning: 1 });
    const running = await hub.submit(wish("a", 100));
    await hub.tick();
    const [run] = await hubs.begun(1);
    const waiting = await hub.submit(wish("b", 50));
    const etas = async () => [
      (await hub.get(tagOf("a"), running.task_id)).eta_ms,
      (await hub.get(tagOf("b"), waiting.task_id)).eta_ms,
    ];
    expect(await etas()).toEqual([null, null]);
    for (let done = 0; done <= 40; done += 10) {
      run?.context.progress(done, 100);
      hubs.nowMs += 1_000;
      await hub.tick();
    }
    const [eta] = await etas();
    expect(eta).toBeGreaterThan(5_000);
    expect(eta).toBeLessThan(9_000);
    run?.context.progress(100, 100);
    run?.finish();
    const [, next] = await hubs.begun(2);
    next?.context.progress(0, 50);
    await until([hub], async () => (await hub.get(tagOf("a"), running.task_id)).state === "done");
    const third = await hub.submit(wish("c", 50));
    for (let done = 0; done <= 20; done += 5) {
      next?.context.progress(done, 50);
      hubs.nowMs += 500;
      await hub.tick();
    }
    const [, left] = await etas();
    const behind = (await hub.get(tagOf("c"), third.task_id)).eta_ms;
    expect((behind ?? 0) - (left ?? 0)).toBeGreaterThan(2_000);
  });

  test.each([
    [new RequestError("raw_gone"), "raw_gone"],
    [new StoreFull("no room"), "store_full"],
    [new Error("a bug"), "task_failed"],
  ])("a runner that throws %s ends its task as failed", async (error, code) => {
    const hub = hubs.start("hub", store(one));
    const { task_id } = await hub.submit(wish("a"));
    await hub.tick();
    (await hubs.begun(1))[0]?.fail(error);
    await until([hub], async () => (await hub.get(tagOf("a"), task_id)).state === "failed");
    expect((await hub.get(tagOf("a"), task_id)).error?.code).toBe(code);
  });

  test("a store that goes away under a runner only interrupts its task", async () => {
    const hub = hubs.start("hub", store(one));
    const { task_id } = await hub.submit(wish("a"));
    await hub.tick();
    (await hubs.begun(1))[0]?.fail(new StoreUnavailable("gone for a moment"));
    await until([hub], () => hubs.runs.length === 2);
    hubs.runs[1]?.finish();
    await until([hub], async () => (await hub.get(tagOf("a"), task_id)).state === "done");
  });

  test("of ended tasks the last ten are kept for a day", async () => {
    const hub = hubs.start("hub", store(one), { maxPerUser: 20 });
    for (let n = 0; n < 12; n += 1) await hub.cancel(tagOf("a"), (await hub.submit(wish("a"))).task_id);
    expect(await hub.list(tagOf("a"), null)).toHaveLength(10);
    hubs.nowMs += 24 * 3_600_000;
    expect(await hub.list(tagOf("a"), null)).toEqual([]);
  });
});

function neverTrue() {
  return { collection: "nothing", key: "nothing", expected: "nothing", next: null };
}
