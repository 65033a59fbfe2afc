import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  join,
  leave,
  MAX_WEIGHT,
  NO_TURNS,
  serve,
  TURN,
  type Turns,
  upcoming,
} from "../../../server/tasks/turns.ts";

/** Users who all begin to wait with so many units each, in the order given. */
function crowd(users: Readonly<Record<string, { units: number; weight?: number }>>): Turns {
  let turns = NO_TURNS;
  let since = 0;
  for (const [user, { units, weight = 1 }] of Object.entries(users))
    for (let unit = 0; unit < units; unit += 1) turns = join(turns, user, weight, since++);
  return turns;
}

function serveAll(turns: Turns): string[] {
  const order: string[] = [];
  for (let step = serve(turns); step !== null; step = serve(step.turns)) order.push(step.user);
  return order;
}

describe("turns", () => {
  test("20 users with long catch-ups and 5 who bring one file at a time are served within one turn of each other", () => {
    const long = Array.from({ length: 20 }, (_, n) => `long-${n}`);
    const live = Array.from({ length: 5 }, (_, n) => `live-${n}`);
    let turns = crowd(Object.fromEntries(long.map((user) => [user, { units: 400 }])));
    let since = 1e6;
    for (const user of live) turns = join(turns, user, 1, since++);
    const served = new Map<string, number>();
    for (let turn = 0; turn < 4_000; turn += 1) {
      const step = serve(turns);
      if (step === null) throw new Error("Somebody always waits.");
      served.set(step.user, (served.get(step.user) ?? 0) + 1);
      turns = live.includes(step.user) ? join(step.turns, step.user, 1, since++) : step.turns;
      const counts = [...long, ...live].map((user) => served.get(user) ?? 0);
      const spread = Math.max(...counts) - Math.min(...counts);
      // An expectation each would cost more than the turns themselves.
      if (spread > 1) expect(spread, `after ${turn + 1} turns`).toBeLessThanOrEqual(1);
    }
    expect([...served.values()].reduce((sum, count) => sum + count)).toBe(4_000);
  });

  test("over any stretch in which two users wait, their turns differ by one at most, however others come and go", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("join", "leave", "serve"), fc.nat(4)), { maxLength: 120 }),
        (steps) => {
          let turns = crowd({ a: { units: 200 }, b: { units: 200 } });
          const served = { a: 0, b: 0 };
          const differences = [0];
          for (const [index, [what, other]] of steps.entries()) {
            if (what === "join") turns = join(turns, `other-${other}`, 1 + other, 1_000 + index);
            else if (what === "leave") turns = leave(turns, `other-${other}`);
            else {
              const step = serve(turns);
              if (step === null) continue;
              turns = step.turns;
              if (step.user === "a" || step.user === "b") served[step.user] += 1;
              differences.push(served.a - served.b);
            }
          }
          expect(Math.max(...differences) - Math.min(...differences)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test("a weight is a share: of 400 turns, users of weight 1 and 3 have 100 and 300", () => {
    const order = serveAll(crowd({ a: { units: 400, weight: 1 }, b: { units: 400, weight: 3 } })).slice(
      0,
      400,
    );
    expect(order.filter((user) => user === "b")).toHaveLength(300);
  });

  test("what is coming is what is served", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ units: fc.nat(12), weight: fc.integer({ min: 1, max: MAX_WEIGHT }) }), {
          maxLength: 8,
        }),
        fc.nat(20),
        (users, before) => {
          let turns = crowd(Object.fromEntries(users.map((user, n) => [`user-${n}`, user])));
          for (let n = 0; n < before; n += 1) turns = serve(turns)?.turns ?? turns;
          expect(serveAll(turns)).toEqual(upcoming(turns));
        },
      ),
    );
  });

  test("who comes late begins at the present: no turns were saved up, and the next is his", () => {
    let turns = crowd({ a: { units: 10 } });
    for (let n = 0; n < 5; n += 1) turns = serve(turns)?.turns ?? turns;
    for (let n = 0; n < 3; n += 1) turns = join(turns, "late", 1, 100 + n);
    expect(upcoming(turns)).toEqual(["late", "a", "late", "a", "late", "a", "a", "a"]);
  });

  test("who leaves and comes back gains nothing", () => {
    let turns = crowd({ a: { units: 3 }, b: { units: 3 } });
    turns = serve(turns)?.turns ?? turns;
    for (let n = 0; n < 2; n += 1) turns = leave(turns, "a");
    turns = join(turns, "a", 1, 50);
    // Of the same virtual moment as b's second turn, and b has waited longer.
    expect(upcoming(turns)).toEqual(["b", "b", "a", "b"]);
  });

  test("every weight divides a turn, and who had his turn is forgotten when time has passed it", () => {
    for (let weight = 1; weight <= MAX_WEIGHT; weight += 1) expect(TURN % weight).toBe(0);
    const { users } = serveDry(crowd({ a: { units: 3 }, b: { units: 1 } }));
    expect([...users.keys()]).toEqual(["a"]);
  });
});

function serveDry(turns: Turns): Turns {
  let now = turns;
  for (let step = serve(now); step !== null; step = serve(now)) now = step.turns;
  return now;
}
