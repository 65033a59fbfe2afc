import { test } from "vitest";
import { Rounds, strikeAndJudge } from "./rounds.ts";
import { scenario, shortOrLong } from "./scenario.ts";
import { Scene } from "./scene.ts";

const ROUNDS = shortOrLong(5, 200);
const ROUND_MS = 60_000;

test("[I1] an agent killed with -9 at any moment", { timeout: ROUNDS * ROUND_MS }, () =>
  scenario("agent killed with -9", async (random) => {
    const scene = await Scene.start(random);
    const { agent } = scene.party;
    return strikeAndJudge(scene, new Rounds(ROUNDS), random, {
      strike: () => agent.kill9(),
      heal: () => agent.start(),
      lastsMs: () => random.uniform() * 500,
      statedMs: null,
    });
  }),
);

test("[I1] [I5] a hub killed with -9 at any moment", { timeout: ROUNDS * ROUND_MS }, () =>
  scenario("hub killed with -9", async (random) => {
    const scene = await Scene.start(random);
    return strikeAndJudge(scene, new Rounds(ROUNDS), random, {
      strike: () => scene.hub.kill9(),
      heal: () => scene.hub.start(),
      lastsMs: () => random.uniform() * 500,
      statedMs: 5_000,
    });
  }),
);

test("[I1] [I3] [I5] a Redis killed with -9 at any moment", { timeout: ROUNDS * ROUND_MS }, () =>
  scenario("Redis killed with -9", async (random) => {
    const scene = await Scene.start(random, { store: "redis" });
    return strikeAndJudge(scene, new Rounds(ROUNDS), random, {
      strike: () => scene.redis.kill9(),
      heal: () => scene.redis.restart(),
      lastsMs: () => random.uniform() * 1_000,
      statedMs: 20_000,
    });
  }),
);

test("[I1] [I5] a hub that is restarted while everybody works", { timeout: ROUNDS * ROUND_MS }, () =>
  scenario("hub restarted (SIGTERM)", async (random) => {
    const scene = await Scene.start(random);
    const codes: (number | null)[] = [];
    const outcome = await strikeAndJudge(scene, new Rounds(shortOrLong(2, 50)), random, {
      strike: async () => void codes.push(await scene.hub.terminate()),
      heal: () => scene.hub.start(),
      lastsMs: () => random.uniform() * 500,
      statedMs: 5_000,
    });
    const unclean = codes.filter((code) => code !== 0).map((code) => `the hub ended with ${code}`);
    return { ...outcome, violations: [...outcome.violations, ...unclean] };
  }),
);
