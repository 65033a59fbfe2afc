import { describe, expect, test } from "vitest";
import { AgentCatchUp } from "../../../server/tasks/agent-catch-up.ts";
import { shareOf } from "../../../server/tasks/catch-up-credit.ts";
import { type FileClass, IngestGate } from "../../../server/tasks/ingest-gate.ts";
import { CREDIT } from "../../../shared/protocol/limits.ts";

/** Files that take one turn of the event loop each; notes in which order they were worked on. */
function workshop() {
  const gate = new IngestGate();
  const order: string[] = [];
  const bring = (kind: FileClass, user: string, weight = 1) =>
    gate.pass(kind, user, weight, async () => {
      order.push(user);
      await new Promise((done) => void setImmediate(done));
    });
  return { gate, order, bring };
}

function countOf(order: readonly string[], user: string): number {
  return order.filter((each) => each === user).length;
}

describe("the order in which a hub works on files", () => {
  test("a live file waits for no more old ones than are being worked on", async () => {
    const { order, bring } = workshop();
    const old = Array.from({ length: 20 }, (_, n) =>
      Array.from({ length: 50 }, () => bring("catch-up", `old-${n}`)),
    );
    for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => void setImmediate(done));
    const before = order.length;
    await bring("live", "live");
    expect(before).toBeGreaterThan(0);
    expect(order.indexOf("live") - before).toBeLessThanOrEqual(2);
    await Promise.all(old.flat());
    expect(order).toHaveLength(1_001);
  });

  test("20 users with 100 old files each and 5 who bring live ones: turns within one of each other", async () => {
    const { order, bring } = workshop();
    const all: Promise<void>[] = [];
    for (let n = 0; n < 20; n += 1)
      for (let file = 0; file < 100; file += 1) all.push(bring("catch-up", `old-${n}`));
    const live = async (user: string) => {
      for (let file = 0; file < 100; file += 1) await bring("live", user);
    };
    await Promise.all([...all, ...Array.from({ length: 5 }, (_, n) => live(`live-${n}`))]);
    for (const users of [20, 5].map((count, k) =>
      Array.from({ length: count }, (_, n) => `${k === 0 ? "old" : "live"}-${n}`),
    )) {
      // The first two old ones are begun as they come, before anybody else is there to take turns with; and their
      // owner is through two rounds before the others.
      const own = order.slice(2).filter((user) => users.includes(user));
      for (let end = users.length; end <= own.length - 4 * users.length; end += 7) {
        const counts = users.map((user) => countOf(own.slice(0, end), user));
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    }
  });

  test("weights are shares of the turns", async () => {
    const { order, bring } = workshop();
    const all = Array.from({ length: 90 }, () => [
      bring("catch-up", "one", 1),
      bring("catch-up", "three", 3),
    ]);
    await Promise.all(all.flat());
    const first = order.slice(2, 82);
    expect(countOf(first, "three") / countOf(first, "one")).toBeGreaterThan(2.5);
  });

  test("work that fails gives its place back", async () => {
    const { gate, bring } = workshop();
    const broken = Array.from({ length: 20 }, () =>
      gate.pass("catch-up", "a", 1, () => Promise.reject(new Error("broken"))),
    );
    expect((await Promise.allSettled(broken)).every(({ status }) => status === "rejected")).toBe(true);
    await bring("catch-up", "a");
    await gate.rest();
  });

  test("work that files outrank goes on once none is there, and under any load after a while", async () => {
    const { gate, bring } = workshop();
    const files = Array.from({ length: 50 }, () => bring("catch-up", "a"));
    await gate.rest();
    await Promise.all(files);
    void gate.pass("live", "a", 1, () => new Promise(() => {}));
    await gate.rest();
  });
});

describe("the window of an agent that catches up", () => {
  test("is its share by weight, never less than one old file, and has a place for a live one", () => {
    expect(shareOf(1, [1])).toEqual(CREDIT);
    expect(shareOf(1, [1, 1, 1, 1]).files).toBe(5);
    expect(shareOf(3, [3, 1]).files).toBe(CREDIT.files);
    expect(shareOf(1, [3, 1]).files).toBe(5);
    expect(
      shareOf(
        1,
        Array.from({ length: 1_000 }, () => 1),
      ).files,
    ).toBe(2);
  });
});

describe("what an agent is catching up on", () => {
  const by = { now: 0, newId: () => "a-task-of-this-test" };

  test("is what was wanted and has not come; a file offered twice is one", () => {
    const catchUp = new AgentCatchUp();
    catchUp.wanted("session-of-this", ["1", "2"], by);
    catchUp.wanted("session-of-this", ["2", "3"], by);
    expect(catchUp.sessions.get("session-of-this")).toMatchObject({ total: 3, done: 0, open: true });
    expect([catchUp.isOld("session-of-this", "2"), catchUp.isOld("session-of-this", "live")]).toEqual([
      true,
      false,
    ]);
    for (const name of ["1", "live", "2", "2", "3"]) catchUp.through("session-of-this", name);
    expect(catchUp.sessions.get("session-of-this")).toMatchObject({ total: 3, done: 3, open: false });
    expect(catchUp.active).toBe(false);
  });

  test("ends when the agent owes nothing more, whatever became of the files", () => {
    const catchUp = new AgentCatchUp();
    catchUp.wanted("session-of-this", ["1", "2"], by);
    catchUp.nothingOwed();
    expect(catchUp.active).toBe(false);
  });

  test("remembers a bounded number of names, and past it counts everything as old", () => {
    const catchUp = new AgentCatchUp();
    catchUp.wanted(
      "session-of-this",
      Array.from({ length: 60_000 }, (_, n) => `${n}`),
      by,
    );
    expect(catchUp.isOld("session-of-this", "never offered")).toBe(true);
    for (let n = 0; n < 60_000; n += 1) catchUp.through("session-of-this", `${n}`);
    expect(catchUp.active).toBe(false);
    expect(catchUp.isOld("session-of-this", "never offered")).toBe(false);
  });
});
