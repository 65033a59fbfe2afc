import { test } from "vitest";
import { Rounds, strikeRounds } from "./rounds.ts";
import { convergedWithin, scenario, shortOrLong } from "./scenario.ts";
import { Scene } from "./scene.ts";

const ROUNDS = shortOrLong(5, 200);
const ROUND_MS = 60_000;

test("[I1] an agent killed with -9 at any moment", { timeout: ROUNDS * ROUND_MS }, () =>
  scenario("agent killed with -9", async (random) => {
    const scene = await Scene.start(random);
    const { agent } = scene.party;
    const rounds = new Rounds(ROUNDS);
    await strikeRounds(scene, rounds, random, {
      strike: () => agent.kill9(),
      heal: () => agent.start(),
      lastsMs: () => random.uniform() * 500,
    });
    return { rounds: `${rounds}`, ...(await scene.judge()) };
  }),
);

test("[I1] [I5] a hub killed with -9 at any moment", { timeout: ROUNDS * ROUND_MS }, () =>
  scenario("hub killed with -9", async (random) => {
    const scene = await Scene.start(random);
    const rounds = new Rounds(ROUNDS);
    const slowestMs = await strikeRounds(scene, rounds, random, {
      strike: () => scene.hub.kill9(),
      heal: () => scene.hub.start(),
      lastsMs: () => random.uniform() * 500,
    });
    const verdict = await scene.judge();
    return {
      ...verdict,
      rounds: `${rounds}`,
      violations: [...verdict.violations, ...convergedWithin(slowestMs, 5_000)],
    };
  }),
);

test("[I1] [I3] [I5] a Redis killed with -9 at any moment", { timeout: ROUNDS * ROUND_MS }, () =>
  scenario("Redis killed with -9", async (random) => {
    const scene = await Scene.start(random, { store: "redis" });
    const rounds = new Rounds(ROUNDS);
    const slowestMs = await strikeRounds(scene, rounds, random, {
      strike: () => scene.redis.kill9(),
      heal: () => scene.redis.restart(),
      lastsMs: () => random.uniform() * 1_000,
    });
    const verdict = await scene.judge();
    return {
      ...verdict,
      rounds: `${rounds}`,
      violations: [...verdict.violations, ...convergedWithin(slowestMs, 20_000)],
    };
  }),
);

test("[I1] [I5] a hub that is restarted while everybody works", { timeout: ROUNDS * ROUND_MS }, () =>
  scenario("hub restarted (SIGTERM)", async (random) => {
    const rounds = new Rounds(shortOrLong(2, 50));
    const scene = await Scene.start(random);
    const codes: (number | null)[] = [];
    const slowestMs = await strikeRounds(scene, rounds, random, {
      strike: async () => void codes.push(await scene.hub.terminate()),
      heal: () => scene.hub.start(),
      lastsMs: () => random.uniform() * 500,
    });
    const verdict = await scene.judge();
    const unclean = codes.filter((code) => code !== 0).map((code) => `the hub ended with ${code}`);
    const violations = [...verdict.violations, ...unclean, ...convergedWithin(slowestMs, 5_000)];
    return { ...verdict, rounds: `${rounds}`, violations };
  }),
);
