import { test } from "vitest";
import { strikeRounds } from "./rounds.ts";
import { convergedWithin, scenario, shortOrLong } from "./scenario.ts";
import { Scene } from "./scene.ts";

const ROUNDS = shortOrLong(1, 20);
const FILES = shortOrLong(300, 10_000);

test("[R3] [I5] a Redis that is emptied while everybody works", { timeout: 3_600_000 }, () =>
  scenario("Redis emptied (FLUSHALL)", async (random) => {
    const scene = await Scene.start(random, { store: "redis", filesAtStart: FILES });
    await scene.converged();
    const slowestMs = await strikeRounds(scene, ROUNDS, random, {
      strike: async () => void (await scene.redis.cli("FLUSHALL")),
      heal: () => {},
      lastsMs: () => random.uniform() * 2_000,
    });
    // What was acknowledged before is gone by definition; what counts is that the folders brought it back.
    const verdict = await scene.judge({ epochMayChange: true });
    const violations = [...verdict.violations, ...convergedWithin(slowestMs, 60_000)];
    return { ...verdict, rounds: `${ROUNDS}, ${FILES.toLocaleString("en-US")} files`, violations };
  }),
);
