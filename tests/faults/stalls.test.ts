import { test } from "vitest";
import type { Random } from "../../agent/random.ts";
import { Rounds, strikeAndJudge } from "./rounds.ts";
import { scenario, shortOrLong } from "./scenario.ts";
import { Scene, type SceneOptions } from "./scene.ts";
import type { FaultName } from "./table.ts";

const STALL_MS = shortOrLong(8_000, 30_000);
const ROUNDS = shortOrLong(1, 10);

/** What stands still, and where it stands. */
interface Standing {
  readonly fault: FaultName;
  readonly options: SceneOptions;
  /** [I5] after the last moment of it. A hub is found again as after a half-open connection. */
  readonly statedMs: number;
  who(scene: Scene): { sigstop(): void; sigcont(): void };
}

const STANDING: readonly Standing[] = [
  { fault: "agent stands still", options: {}, statedMs: 15_000, who: ({ party }) => party.agent },
  { fault: "hub stands still", options: {}, statedMs: 15_000, who: ({ hub }) => hub },
  { fault: "Redis stands still", options: { store: "redis" }, statedMs: 20_000, who: ({ redis }) => redis },
];

// In one test, because most of the time they wait: three times as long would prove nothing more.
test(`[I1] [I5] agent, hub and Redis stand still for ${STALL_MS / 1_000} s`, {
  timeout: 900_000,
}, async () => {
  await Promise.all(
    STANDING.map((standing) => scenario(standing.fault, (random) => standStill(standing, random))),
  );
});

async function standStill({ options, statedMs, who }: Standing, random: Random) {
  const scene = await Scene.start(random, options);
  const rounds = new Rounds(ROUNDS);
  const outcome = await strikeAndJudge(scene, rounds, random, {
    strike: () => who(scene).sigstop(),
    heal: () => who(scene).sigcont(),
    lastsMs: () => STALL_MS,
    statedMs,
  });
  return { ...outcome, rounds: `${rounds}, each ${STALL_MS / 1_000} s` };
}
