import { test } from "vitest";
import type { Random } from "../../agent/random.ts";
import { Rounds } from "./rounds.ts";
import { scenario, shortOrLong } from "./scenario.ts";
import { Scene } from "./scene.ts";

const GROWING_MS = shortOrLong(10_000, 60_000);
const GROWING = 5;
const GROUPS = 20;
const REWRITTEN = shortOrLong(20, 200);
const REWRITES = shortOrLong(2, 20);
/** Contents differ by a few bytes, so all are filled up to one size. */
const LONGER = 20;
/** 2026-01-01: a time that all rewritten files have, before and after. */
const STAMP_S = 1_767_225_600;

// In one test, because most of the time they wait.
test("[I1] [R4] what programs do to files", { timeout: 900_000 }, async () => {
  await Promise.all([
    scenario("files that grow, with pauses", grow),
    scenario("rewritten with the same size and time", rewriteUnseen),
    scenario("A → B → A", thereAndBack),
  ]);
});

async function grow(random: Random) {
  const scene = await Scene.start(random);
  const { instrument } = scene.party;
  // Pauses are even between nothing and twice the average.
  const longestPauseMs = (2 * GROWING_MS) / GROUPS;
  await Promise.all(Array.from({ length: GROWING }, () => instrument.grow(GROUPS, longestPauseMs)));
  return { ...(await scene.judge()), rounds: `${GROWING} files for ${GROWING_MS / 1_000} s` };
}

/** The agent stands still meanwhile, so that no event and no half-written file helps it. */
async function rewriteUnseen(random: Random) {
  const scene = await Scene.start(random);
  const { instrument, agent } = scene.party;
  const names = namesFor(instrument.pattern);
  const size = instrument.newContent().length + LONGER;
  const rounds = new Rounds(1 + REWRITES);
  for (const round of rounds) {
    const revision = round + 1;
    agent.sigstop();
    for (const name of names) await instrument.putUnseen(name, instrument.newContent(size), STAMP_S);
    agent.sigcont();
    await scene.party.showRevision(revision);
  }
  return { ...(await scene.judge()), rounds: `${rounds} contents, ${REWRITTEN} files` };
}

async function thereAndBack(random: Random) {
  const scene = await Scene.start(random);
  const { instrument } = scene.party;
  const files = namesFor(instrument.pattern).map((name) => ({
    name,
    contents: [instrument.newContent(), instrument.newContent()],
  }));
  const rounds = new Rounds(1 + REWRITES);
  for (const round of rounds) {
    const revision = round + 1;
    for (const { name, contents } of files)
      await instrument.put(name, contents[round % 2] ?? new Uint8Array());
    await scene.party.showRevision(revision);
  }
  return { ...(await scene.judge()), rounds: `${rounds} contents, ${REWRITTEN} files` };
}

function namesFor(pattern: string): string[] {
  return Array.from({ length: REWRITTEN }, (_, n) => pattern.replace("{n}", String(n + 1)));
}
