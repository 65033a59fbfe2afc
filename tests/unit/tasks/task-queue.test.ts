import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cancel,
  claim,
  end,
  findSame,
  handBack,
  isHopeless,
  isWaiting,
  MAX_TRIES,
  type Queue,
  serveOrder,
  submit,
} from "../../../server/tasks/task-queue.ts";
import type { EndedTask } from "../../../server/tasks/task-record.ts";
import type { TaskId } from "../../../shared/protocol/task.ts";
import { EMPTY, NO_LIMITS, positions, submitted, tagOf } from "./queue-fixture.ts";

const NOBODY_GONE: ReadonlySet<string> = new Set();
const DONE = { is: "done", result: null } as const;

function filled(users: readonly string[]): Queue {
  return users.reduce((queue, user) => submitted(queue, user).queue, EMPTY);
}

function order(queue: Queue): string {
  return serveOrder(queue)
    .map(({ tag }) => tag[0])
    .join("");
}

/** An export that user a asks for. */
const EXPORT_WISH = {
  tag: tagOf("a"),
  kind: "export",
  session_id: null,
  label: "x",
  payload: null,
  link: null,
  units: null,
  unit: null,
  key: null,
} as const;

describe("the queue of tasks", { timeout: 60_000 }, () => {
  test("[Q1] first in, first out within a user; turns between users", () => {
    const queue = filled(["a", "a", "a", "b", "b", "c"]);
    expect(order(queue)).toBe("abcaba");
    const own = serveOrder(queue).filter(({ tag }) => tag === tagOf("a"));
    expect(own.map(({ seq }) => seq)).toEqual([0, 1, 2]);
  });

  test("[Q1] 20 users with 12 tasks each and 5 who ask again when one begins: turns within one of each other", () => {
    const long = Array.from({ length: 20 }, (_, n) => `long-${n}`);
    const short = Array.from({ length: 5 }, (_, n) => `short-${n}`);
    let queue = filled([...long.flatMap((user) => Array.from({ length: 12 }, () => user)), ...short]);
    const begun = new Map([...long, ...short].map((user) => [tagOf(user), 0]));
    for (let turn = 0; turn < 25 * 12; turn += 1) {
      const step = claim(queue, NOBODY_GONE, { token: `${turn}`, hub_id: "hub", now: turn });
      if (step === null) throw new Error("Somebody always waits.");
      const { tag, task_id } = step.task;
      begun.set(tag, (begun.get(tag) ?? 0) + 1);
      const counts = [...begun.values()];
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      const again = short.find((user) => tagOf(user) === tag);
      queue = again === undefined ? step.queue : submitted(step.queue, again).queue;
      queue = end(queue, { task_id, token: `${turn}` }, DONE, turn)?.queue ?? queue;
    }
  });

  test("[Q2] a position rises only when another user's new task gets a turn before", () => {
    const step = fc.record({
      what: fc.constantFrom("submit", "submit", "claim", "claim", "cancel", "end", "hand back", "die"),
      user: fc.nat(5),
      pick: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let queue = EMPTY;
        let tokens = 0;
        for (const { what, user, pick } of steps) {
          const before = positions(queue);
          const chosen = [...queue.tasks.values()][pick % Math.max(1, queue.tasks.size)];
          let newcomer: string | null = null;
          if (what === "submit") {
            newcomer = tagOf(`${user}`);
            queue = submitted(queue, `${user}`, 1 + user).queue;
          } else if (what === "claim" || what === "die") {
            // A hub dies, and the next one takes over what it was at.
            const gone = new Set(what === "die" && chosen?.attempt ? [chosen.attempt.token] : []);
            queue = claim(queue, gone, { token: `t${tokens++}`, hub_id: "hub", now: 0 })?.queue ?? queue;
          } else if (chosen !== undefined) {
            const token = chosen.attempt?.token ?? "";
            const { task_id } = chosen;
            const made = {
              cancel: () => cancel(queue, task_id, 0),
              end: () => end(queue, { task_id, token }, DONE, 0),
              "hand back": () => handBack(queue, { task_id, token }),
            }[what]();
            queue = made?.queue ?? queue;
          }
          for (const [task_id, position] of positions(queue)) {
            const was = before.get(task_id);
            if (was === undefined || position <= was) continue;
            expect(newcomer).not.toBeNull();
            expect(queue.tasks.get(task_id)?.tag).not.toBe(newcomer);
            expect(position).toBe(was + 1);
          }
        }
      }),
    );
  });

  test("[Q3] a task that lost its hub goes on before any other begins, and takes nobody's turn", () => {
    let queue = filled(["a", "b"]);
    const first = claim(queue, NOBODY_GONE, { token: "one", hub_id: "dead", now: 5 });
    if (first === null) throw new Error("Something waited.");
    queue = submitted(first.queue, "c").queue;
    const before = positions(queue);
    const again = claim(queue, new Set(["one"]), { token: "two", hub_id: "alive", now: 9 });
    expect(again?.task.task_id).toBe(first.task.task_id);
    expect(again?.task.started_at_ms).toBe(5);
    expect(positions(again?.queue ?? EMPTY)).toEqual(before);
  });

  test("[Q4] hubs are killed at ten random moments, and late ones come back: each task ends exactly once", () => {
    const kills = fc.uniqueArray(fc.nat(60), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(kills, fc.array(fc.nat(3), { minLength: 12, maxLength: 12 }), (killedAt, users) => {
        let queue = filled(users.map(String));
        const all = new Set(queue.tasks.keys());
        const ended: EndedTask[] = [];
        /** Attempts of hubs that are gone: some come back and still believe in theirs. */
        const late: { task_id: TaskId; token: string }[] = [];
        for (let moment = 0; queue.tasks.size > 0; moment += 1) {
          const running = [...queue.tasks.values()].find(({ attempt }) => attempt !== null);
          const mine = running?.attempt && { task_id: running.task_id, token: running.attempt.token };
          const killed = killedAt.includes(moment);
          if (killed && mine) late.push(mine);
          const orphans = killed && mine ? new Set([mine.token]) : NOBODY_GONE;
          if (!mine || killed) {
            const token = `attempt-${moment}`;
            queue = claim(queue, orphans, { token, hub_id: "hub", now: moment })?.queue ?? queue;
          } else if (moment % 3 === 2) {
            const step = end(queue, mine, DONE, moment);
            if (step) ended.push(step.task);
            queue = step?.queue ?? queue;
          }
          for (const attempt of late) expect(end(queue, attempt, DONE, moment)).toBeNull();
        }
        expect(ended.map(({ task_id }) => task_id).toSorted()).toEqual([...all].toSorted());
      }),
    );
  });

  test("[Q5] cancelling removes a task in every state, and doing it again changes nothing", () => {
    const waiting = filled(["a", "b"]);
    const [first] = serveOrder(waiting);
    const running = claim(waiting, NOBODY_GONE, { token: "one", hub_id: "hub", now: 0 });
    const handedBack = running && handBack(running.queue, { task_id: running.task.task_id, token: "one" });
    const by = { token: "two", hub_id: "other", now: 1 };
    const takenOver = running && claim(running.queue, new Set(["one"]), by);
    const takenBack = handedBack && claim(handedBack.queue, NOBODY_GONE, by);
    for (const queue of [waiting, running?.queue, handedBack?.queue, takenOver?.queue, takenBack?.queue]) {
      if (queue === undefined || first === undefined) throw new Error("Every state was reached.");
      const cancelled = cancel(queue, first.task_id, 3);
      expect(cancelled?.task.outcome).toEqual({ is: "cancelled" });
      expect(cancelled?.queue.tasks.size).toBe(1);
      expect(cancel(cancelled?.queue ?? EMPTY, first.task_id, 4)).toBeNull();
      for (const token of ["one", "two"]) {
        const late = { task_id: first.task_id, token };
        expect(end(cancelled?.queue ?? EMPTY, late, DONE, 5)).toBeNull();
        expect(handBack(cancelled?.queue ?? EMPTY, late)).toBeNull();
      }
      expect(order(cancelled?.queue ?? EMPTY)).toBe("b");
    }
  });

  test("[Q6] past what may wait, a user's own limit is named before everybody's", () => {
    const queue = filled(["a", "a", "b"]);
    const wish = EXPORT_WISH;
    const more = { task_id: "task-another-", weight: 1, now: 0 };
    const limits = { perUser: 2, perLink: 1, inAll: 3 };
    expect(submit(queue, wish, { ...more, limits })).toBe("user-full");
    expect(submit(queue, { ...wish, tag: tagOf("c") }, { ...more, limits })).toBe("queue-full");
    const guest = { ...wish, tag: tagOf("b"), link: "the-link-of-a-guest" };
    const roomy = { ...limits, inAll: 10 };
    const first = submit(queue, guest, { ...more, limits: roomy });
    if (typeof first === "string") throw new Error(first);
    expect(submit(first.queue, guest, { ...more, task_id: "task-another-2", limits: roomy })).toBe(
      "user-full",
    );
    const others = { ...roomy, perUser: 5 };
    expect(submit(first.queue, guest, { ...more, task_id: "task-another-2", limits: others })).toBe(
      "link-full",
    );
  });

  test("[Q7] asked for again by its key, a task is the one that is there, until it is over", () => {
    const wish = { ...EXPORT_WISH, unit: "csv", key: "all of it" };
    const by = { task_id: "task-another-", weight: 1, now: 0, limits: NO_LIMITS };
    const step = submit(filled(["a"]), wish, by);
    if (typeof step === "string") throw new Error(step);
    expect(findSame(step.queue, wish)).toBe(step.task);
    expect(findSame(step.queue, { ...wish, key: "a part of it" })).toBeNull();
    expect(findSame(step.queue, { ...wish, tag: tagOf("b") })).toBeNull();
    expect(findSame(step.queue, { ...wish, key: null })).toBeNull();
    const cancelled = cancel(step.queue, by.task_id, 1);
    expect(findSame(cancelled?.queue ?? step.queue, wish)).toBeNull();
  });

  test("a task that takes its hub with it each time is given up; one that gets further is not", () => {
    const tried = (reached: (attempt: number) => number) => {
      let queue = filled(["a"]);
      for (let attempt = 0; attempt <= MAX_TRIES; attempt += 1) {
        const orphans = new Set([`${attempt - 1}`]);
        const step = claim(queue, orphans, { token: `${attempt}`, hub_id: "hub", now: 0 });
        if (step === null) throw new Error("It is there until it ends.");
        const beat = { token: `${attempt}`, beat: 0, done: reached(attempt), total: null, eta_ms: null };
        queue = { ...step.queue, progress: new Map([[step.task.task_id, beat]]) };
      }
      return [...queue.tasks.values()].some(isHopeless);
    };
    expect(tried(() => 0)).toBe(true);
    expect(tried((attempt) => attempt + 1)).toBe(false);
  });

  test("a task that runs was a turn: who comes now goes before another of the same user", () => {
    const running = claim(filled(["a"]), NOBODY_GONE, { token: "one", hub_id: "hub", now: 0 });
    const queue = submitted(submitted(running?.queue ?? EMPTY, "a").queue, "b").queue;
    expect(order(queue)).toBe("ba");
  });

  test("once nothing is left, all begin anew", () => {
    const running = claim(filled(["a"]), NOBODY_GONE, { token: "one", hub_id: "hub", now: 0 });
    const over = running && end(running.queue, { task_id: running.task.task_id, token: "one" }, DONE, 1);
    expect(order(submitted(submitted(over?.queue ?? EMPTY, "a").queue, "b").queue)).toBe("ab");
  });

  test("what runs is no longer waiting", () => {
    const step = claim(filled(["a"]), NOBODY_GONE, { token: "one", hub_id: "hub", now: 0 });
    expect(step && isWaiting(step.task)).toBe(false);
    expect(step && serveOrder(step.queue)).toEqual([]);
  });
});
