import { beforeEach, describe, expect, test } from "vitest";
import type { AsksHub, Outcome, Reply, RequestName } from "../../../web/connection/hub-request.ts";
import type { SessionLog } from "../../../web/log/session-log.ts";
import { type CurvePlace, CurveStore } from "../../../web/stores/curves.ts";

/** A hub whose answers wait until the test gives them, and pauses that end when it says so. */
class Scene {
  readonly asked: { readonly offset: number; readonly answer: (outcome: Outcome<unknown>) => void }[] = [];
  readonly pauses: { readonly ms: number; readonly end: () => void }[] = [];
  readonly store: CurveStore;

  constructor() {
    const request = (_name: RequestName, payload: object) =>
      new Promise<Outcome<Reply<RequestName>>>((answer) =>
        this.asked.push({
          offset: (payload as { offset: number }).offset, // what curves are asked for by
          answer: answer as (outcome: Outcome<unknown>) => void, // one reply of the many
        }),
      );
    this.store = new CurveStore(
      { request } as AsksHub, // the test stands for the hub
      () => "7k2m9xqdt4hwb8z7",
      (end, ms) => this.pauses.push({ ms, end }),
    );
  }

  async refuse(code: "not_joined" | "too_many_requests" | "raw_gone", retryable: boolean): Promise<void> {
    this.asked.shift()?.answer({ ok: false, error: { code, message: "Not now.", retryable } as never }); // any code
    await settled();
  }
}

const log = { epoch: "e", version: 1 } as SessionLog; // all that a place needs of a log
const at = (offset: number): CurvePlace => ({ sessionId: "s", log, offset });
const settled = () => new Promise((resolve) => setImmediate(resolve));

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
  scene.store.want([at(3)], [1]);
});

describe("a curve that is refused for the moment", () => {
  test.each(["too_many_requests", "not_joined"] as const)(
    "is asked for again after a pause that grows: %s",
    async (code) => {
      for (const ms of [1_000, 2_000, 4_000, 8_000, 8_000]) {
        expect(scene.asked.map(({ offset }) => offset)).toEqual([3]);
        await scene.refuse(code, code !== "not_joined");
        expect(scene.asked).toEqual([]);
        // Looking at it once more does not cut the pause short.
        scene.store.want([at(3)], [1]);
        expect(scene.asked).toEqual([]);
        const pause = scene.pauses.shift();
        expect(pause?.ms).toBe(ms);
        pause?.end();
      }
      expect(scene.store.problemOf(at(3))).toBeNull();
    },
  );

  test("is asked for at once when the page has joined again", async () => {
    await scene.refuse("too_many_requests", true);
    scene.store.joined();
    expect(scene.asked.map(({ offset }) => offset)).toEqual([3]);
    // The old pause ends while it is on its way: it is not asked for twice.
    scene.pauses.shift()?.end();
    expect(scene.asked).toHaveLength(1);
  });

  test("is not asked for when nobody looks at it any more, and does not stand in the way of others", async () => {
    await scene.refuse("too_many_requests", true);
    scene.store.want([at(5)], [1]);
    expect(scene.asked.map(({ offset }) => offset)).toEqual([5]);
    scene.pauses.shift()?.end();
    expect(scene.asked.map(({ offset }) => offset)).toEqual([5]);
  });
});

test("a curve that the hub refuses for good is not asked for again, and the reason is shown", async () => {
  await scene.refuse("raw_gone", false);
  scene.store.want([at(3)], [1]);
  scene.store.joined();
  expect([scene.asked.length, scene.pauses.length]).toEqual([0, 0]);
  expect(scene.store.problemOf(at(3))).toBe("Not now.");
});
