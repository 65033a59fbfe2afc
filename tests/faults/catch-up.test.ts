import { setTimeout as pause } from "node:timers/promises";
import { test } from "vitest";
import { scenario, shortOrLong } from "./scenario.ts";
import { Scene } from "./scene.ts";

const RESTARTS = 20;
const AT_START = shortOrLong(1_000, 10_000);
const BURST = shortOrLong(2_000, 20_000);

test("[I1] a folder that is full when the session starts", { timeout: 1_800_000 }, () =>
  scenario("folder full at the start", async (random) => {
    const scene = await Scene.start(random, { filesAtStart: AT_START });
    const tookMs = await scene.converged();
    const note = `all shown ${(tookMs / 1_000).toFixed(1)} s after the start of the session`;
    // How old the files were when it started says nothing.
    return { ...(await scene.judge()), stalenessMs: null, rounds: `${count(AT_START)} files`, note };
  }),
);

test("[I1] an agent is killed twenty times while it hands over a full folder", { timeout: 1_800_000 }, () =>
  scenario("agent killed 20 times in one catch-up", async (random) => {
    const scene = await Scene.start(random, { filesAtStart: AT_START });
    const { agent } = scene.party;
    await scene.party.showsMore(1);
    for (let restart = 0; restart < RESTARTS; restart++) {
      await agent.kill9();
      const started = agent.start();
      // Some of these lives end before they get to the hub.
      if (random.uniform() < 0.25) started.catch(() => {});
      else await started;
      await pause(random.uniform() * 300);
    }
    return {
      ...(await scene.judge()),
      rounds: `${RESTARTS} kills, ${count(AT_START)} files`,
    };
  }),
);

test(
  "[R1] thousands of files come while the agent stands still: no event names them all",
  { timeout: 1_800_000 },
  () =>
    scenario("burst while the agent stands still", async (random) => {
      const scene = await Scene.start(random);
      const { agent, instrument } = scene.party;
      agent.sigstop();
      await instrument.burst(BURST);
      agent.sigcont();
      return { ...(await scene.judge()), rounds: `1 of ${count(BURST)} files` };
    }),
);

function count(files: number): string {
  return files.toLocaleString("en-US");
}
