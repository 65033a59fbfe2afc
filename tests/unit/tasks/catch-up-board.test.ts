import { expect, test } from "vitest";
import type { UserTag } from "../../../server/sessions/user-tag.ts";
import { AgentCatchUp } from "../../../server/tasks/agent-catch-up.ts";
import { type CatchingUp, CatchUpBoard } from "../../../server/tasks/catch-up-board.ts";
import { embeddedStore } from "../sessions/embedded-store.ts";

const tag = "a-user-of-this-test-22" as UserTag; // nobody's; a key of this store alone

/** An agent that owes a hundred files to one session. */
function catchingUp(task_id: string): CatchingUp {
  const catchUp = new AgentCatchUp();
  const names = Array.from({ length: 100 }, (_, n) => `swv_${n}.txt`);
  catchUp.wanted("session-of-this-test0", names, { now: 0, newId: () => task_id });
  return { tag, catchUp, labelOf: () => "SWV", etaOf: () => null };
}

test("a hub that an agent has left says so once, and nothing against the hub that the agent is on now", async () => {
  const store = await embeddedStore();
  let now = 0;
  const board = () => new CatchUpBoard({ store, now: () => now, metrics: { foretold: () => {} } });
  const [left, joined] = [board(), board()];
  const seen = async () => (await joined.viewsOf(tag)).map(({ view }) => `${view.task_id} ${view.state}`);
  await left.tick([catchingUp("catch-up-of-the-first")]);
  now += 1_000;
  await left.tick([]);
  expect(await seen()).toEqual(["catch-up-of-the-first cancelled"]);
  const moved = catchingUp("catch-up-of-the-other");
  for (let tick = 0; tick < 100; tick += 1) {
    now += 1_000;
    await joined.tick([moved]);
    await left.tick([]);
    expect(await seen(), `after ${now / 1_000} s`).toEqual(["catch-up-of-the-other running"]);
  }
});
