import { randomInt } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Random } from "../../agent/random.ts";
import { LEASE_MS } from "../../server/tasks/task-runs.ts";
import type { Tasks } from "../../server/tasks/tasks.ts";
import { type Place, STORES } from "./stores.ts";
import { TaskHubs, tagOf, wish } from "./task-hubs.ts";

const TASKS = 24;
const USERS = 5;
const KILLS = 10;

/** Under a fake clock: a second with every step, in which each hub that lives has its tick. */
describe.each(STORES)("hubs that are killed, on $kind", { timeout: 120_000 }, (stores) => {
  beforeAll(() => stores.start());
  afterAll(() => stores.stop());

  let place: Place;
  beforeEach(async () => {
    place = await stores.place();
  });
  afterEach(() => place.remove());

  test(`[Q4] at ${KILLS} random moments, some of which come back late: each task ends exactly once`, async () => {
    const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
    process.stdout.write(`hubs killed, ${stores.kind}: SEED=${seed}\n`);
    const random = new Random(seed);
    const [store] = await place.openForCallers(1);
    if (store === undefined) throw new Error("One was opened.");
    const hubs = new TaskHubs();
    const living = new Map<string, Tasks>();
    const dead = new Map<string, Tasks>();
    let born = 0;
    const bear = () => {
      const name = `hub-${born++}`;
      living.set(name, hubs.start(name, store, { maxPerUser: TASKS }));
    };
    for (let n = 0; n < 3; n += 1) bear();
    const [first] = living.values();
    const ids = new Set<string | undefined>();
    for (let n = 0; n < TASKS; n += 1) ids.add((await first?.submit(wish(`user-${n % USERS}`)))?.task_id);
    const finished = new Set<unknown>();
    let kills = 0;
    const isOver = async () => (await [...living.values()][0]?.overview())?.length === 0 && kills === KILLS;
    for (let step = 0; !(await isOver()); step += 1) {
      if (step > 2_000) throw new Error(`SEED=${seed}: it never ends.`);
      hubs.nowMs += 1_000;
      if (kills < KILLS && random.uniform() < 0.3) {
        const names = [...living.keys()];
        const name = names[Math.floor(random.uniform() * names.length)] ?? "";
        const killed = living.get(name);
        if (killed !== undefined) dead.set(name, killed);
        living.delete(name);
        kills += 1;
        bear();
      }
      for (const run of hubs.runs) {
        // Each gets further than those before it, so none is given up as one that kills its hubs.
        run.context.progress(step, 2_000);
        if (finished.has(run) || random.uniform() > 0.2) continue;
        // Those of hubs that are gone, too: they were only stopped, and still believe that it is their task.
        run.finish();
        finished.add(run);
      }
      for (const hub of living.values()) await hub.tick();
      // Longer away than a lease, most of them; then their own words come late.
      if (random.uniform() < 0.1) for (const hub of dead.values()) await hub.tick();
      if (step % 7 === 0) hubs.nowMs += LEASE_MS;
    }
    // What the late ones say at the very end changes nothing either.
    for (const hub of dead.values()) await hub.tick();
    const [judge] = living.values();
    const lists = await Promise.all(
      Array.from({ length: USERS }, (_, n) => judge?.list(tagOf(`user-${n}`), null)),
    );
    const ended = lists.flatMap((list) => list ?? []);
    expect(ended.map(({ state }) => state)).toEqual(Array.from({ length: TASKS }, () => "done"));
    expect(new Set(ended.map(({ task_id }) => task_id))).toEqual(ids);
    expect(hubs.ended).toEqual(Array.from({ length: TASKS }, () => "done"));
    // It was no idle walk: tasks were taken over.
    expect(hubs.runs.length).toBeGreaterThan(TASKS);
  });
});
