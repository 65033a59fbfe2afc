import { setTimeout as pause } from "node:timers/promises";
import { test } from "vitest";
import { Rounds, strikeAndJudge } from "./rounds.ts";
import { scenario, shortOrLong } from "./scenario.ts";
import { Scene } from "./scene.ts";

const CUT_MS = shortOrLong(3_000, 60_000);
const FEW_FILES = shortOrLong(8, 60);

test("[I1] the cable between agent, viewers and hub is out for a while", { timeout: 1_200_000 }, () =>
  scenario("network cut", async (random) => {
    const rounds = new Rounds(shortOrLong(1, 10));
    const scene = await Scene.start(random, { viewers: 2 });
    const ways = [scene.party.way, ...scene.party.viewers.map(({ way }) => way)];
    const outcome = await strikeAndJudge(scene, rounds, random, {
      strike: () => {
        for (const way of ways) way.cut();
      },
      heal: () => {
        for (const way of ways) way.heal();
      },
      lastsMs: () => CUT_MS,
      statedMs: 15_000,
    });
    return { ...outcome, rounds: `${rounds}, each ${CUT_MS / 1_000} s` };
  }),
);

test(
  "[I1] [I5] connections that carry nothing any more, in one direction or both",
  { timeout: 1_200_000 },
  () =>
    scenario("half-open connections", async (random) => {
      const rounds = new Rounds(shortOrLong(1, 10));
      const scene = await Scene.start(random, { viewers: 3 });
      const [toHub, fromHub, both] = scene.party.viewers.map(({ way }) => way);
      const agent = scene.party.way;
      return strikeAndJudge(scene, rounds, random, {
        strike: () => {
          // Of the agent now this direction dies, now that: what it sends, or the acknowledgements.
          agent.silence(random.uniform() < 0.5 ? ["up"] : ["down"]);
          toHub?.silence(["up"]);
          fromHub?.silence(["down"]);
          both?.silence();
        },
        heal: () => {
          for (const way of [agent, toHub, fromHub, both]) way?.heal();
        },
        lastsMs: () => 1_000 + random.uniform() * shortOrLong(1_000, 30_000),
        statedMs: 15_000,
      });
    }),
);

test("[I1] everything arrives in pieces of 1 to 16 bytes, 200 ms away", { timeout: 900_000 }, () =>
  scenario("writes of 1 to 16 bytes, 200 ms away", async (random) => {
    const scene = await Scene.start(random);
    for (const { poison } of waysOf(scene)) poison({ sliced: true, latencyMs: 100, jitterMs: 100 });
    await scene.party.instrument.burst(FEW_FILES);
    await scene.party.instrument.grow();
    await scene.party.instrument.rewrite();
    return { rounds: "1", ...(await scene.judge()) };
  }),
);

test("[I1] a link of 64 kbit/s", { timeout: 900_000 }, () =>
  scenario("64 kbit/s", async (random) => {
    const scene = await Scene.start(random);
    for (const { poison } of waysOf(scene)) poison({ bytesPerSecond: 8_000, latencyMs: 50 });
    await scene.party.instrument.burst(FEW_FILES);
    await pause(500);
    await scene.party.instrument.save();
    return { rounds: "1", ...(await scene.judge()) };
  }),
);

test("[I1] [D3] every second acknowledgement is lost, and the connection with it", { timeout: 900_000 }, () =>
  scenario("every second ack lost", async (random) => {
    const files = shortOrLong(30, 1_000);
    const scene = await Scene.start(random);
    const { acks, instrument } = scene.party;
    acks.loseEvery = 2;
    await instrument.burst(files);
    await scene.converged(shortOrLong(120_000, 840_000));
    acks.loseEvery = Number.POSITIVE_INFINITY;
    return { ...(await scene.judge()), rounds: `${acks.lost} acks` };
  }),
);

function waysOf({ party }: Scene) {
  return [party.way, ...party.viewers.map(({ way }) => way)].map((way) => ({
    poison: (toxic: Parameters<typeof way.poison>[0]) => way.poison(toxic),
  }));
}
