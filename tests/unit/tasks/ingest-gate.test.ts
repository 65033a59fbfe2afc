import fc from "fast-check";
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

async function turnsOfTheLoop(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((done) => void setImmediate(done));
}

/** After every single turn, as long as all of them still wait: until one has had all of its `most`. */
function expectWithinOne(order: readonly string[], users: readonly string[], most: number): void {
  const counts = new Map(users.map((user) => [user, 0]));
  for (const user of order) {
    counts.set(user, (counts.get(user) ?? 0) + 1);
    const had = [...counts.values()];
    expect(Math.max(...had) - Math.min(...had)).toBeLessThanOrEqual(1);
    if (Math.max(...had) >= most) return;
  }
  throw new Error("Nobody had all of his turns.");
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
    expect(order.indexOf("live") - before).toBeLessThanOrEqual(1);
    await Promise.all(old.flat());
    expect(order).toHaveLength(1_001);
  });

  test.each([
    ["a commit is part of the work", false],
    ["another machine commits", true],
  ])(
    "whenever files come, where %s: no old one begins while a live one is there, and it finds one at work at most",
    async (_, commitsElsewhere) => {
      const file = fc.record({
        afterTurns: fc.nat(6),
        kind: fc.constantFrom<FileClass>("live", "catch-up", "catch-up"),
        user: fc.nat(24),
        workTurns: fc.nat(4),
        commitTurns: fc.nat(6),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(file, { maxLength: 60 }), async (files) => {
          const gate = new IngestGate();
          let live = 0;
          let oldAtWork = 0;
          let oldUnderCommit = 0;
          const all: Promise<void>[] = [];
          for (const { afterTurns, kind, user, workTurns, commitTurns } of files) {
            await turnsOfTheLoop(afterTurns);
            if (kind === "live") live += 1;
            const old = async (handedOn: () => void) => {
              expect(live).toBe(0);
              expect(++oldAtWork).toBe(1);
              await turnsOfTheLoop(workTurns);
              oldAtWork -= 1;
              if (!commitsElsewhere) return;
              handedOn();
              expect(++oldUnderCommit).toBeLessThanOrEqual(2);
              await turnsOfTheLoop(commitTurns);
              oldUnderCommit -= 1;
            };
            const fresh = async (handedOn: () => void) => {
              await turnsOfTheLoop(workTurns);
              handedOn();
              await turnsOfTheLoop(commitTurns);
              live -= 1;
            };
            all.push(gate.pass(kind, `${user}`, 1, kind === "live" ? fresh : old));
          }
          await Promise.all(all);
          await gate.rest();
        }),
        { numRuns: 60 },
      );
    },
  );

  test("20 users with 100 old files each and 5 who bring bursts of live ones: turns within one of each other, at every moment", async () => {
    const { order, bring } = workshop();
    const all: Promise<void>[] = [];
    for (let n = 0; n < 20; n += 1)
      for (let file = 0; file < 100; file += 1) all.push(bring("catch-up", `old-${n}`));
    for (let burst = 0; burst < 5; burst += 1) {
      const before = order.length;
      const live: Promise<void>[] = [];
      // Whoever comes first has no more turns than the last.
      for (let n = 0; n < 5; n += 1)
        for (let file = 0; file < 20; file += 1) live.push(bring("live", `live-${n}`));
      all.push(...live);
      await Promise.all(live);
      const own = order.slice(before).filter((user) => user.startsWith("live"));
      // Eight are at work at once, and those of the first comer begin before anybody else is there.
      expectWithinOne(
        own.slice(8),
        Array.from({ length: 5 }, (_, n) => `live-${n}`),
        20 - 8,
      );
    }
    await Promise.all(all);
    const old = order.filter((user) => user.startsWith("old"));
    // The first is begun as it comes, before anybody else is there to take turns with.
    expectWithinOne(
      old.slice(1),
      Array.from({ length: 20 }, (_, n) => `old-${n}`),
      99,
    );
    expect(order).toHaveLength(20 * 100 + 5 * 5 * 20);
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
