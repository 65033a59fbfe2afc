import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../agent/random.ts";
import { Returns } from "./returns.ts";
import type { Outcome } from "./scenario.ts";
import type { Scene } from "./scene.ts";

/** `--minutes N`: what is done again and again ends after that long, and the row says how often it was done. */
const LONGEST_MS = Number(process.env.FAULTS_MINUTES ?? Number.POSITIVE_INFINITY) * 60_000;

/** The numbers of the rounds, from 0, until all are done or the time is over. */
export class Rounds implements Iterable<number> {
  readonly #wanted: number;
  #done = 0;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  *[Symbol.iterator](): Generator<number> {
    const endMs = performance.now() + LONGEST_MS;
    while (this.#done < this.#wanted && performance.now() < endMs) yield this.#done++;
  }

  /** For the table: `200`, or `60 of 200`. */
  toString(): string {
    const count = (rounds: number) => rounds.toLocaleString("en-US");
    return this.#done < this.#wanted ? `${count(this.#done)} of ${count(this.#wanted)}` : count(this.#wanted);
  }
}

export interface Fault {
  strike(): Promise<void> | void;
  heal(): Promise<void> | void;
  /** How long it lasts, ms. */
  lastsMs(): number;
  /** [I5] Within this after it was healed everybody must show everything; null: nothing is promised. */
  readonly statedMs: number | null;
}

/**
 * Again and again: the instruments measure, the fault strikes at a random moment, lasts, is healed, and everybody
 * must come to show everything.
 */
export async function strikeRounds(
  scene: Scene,
  rounds: Rounds,
  random: Random,
  fault: Fault,
): Promise<Returns> {
  const returns = new Returns();
  for (const _ of rounds) {
    const writing = scene.writeOn();
    await scene.party.showsMore(1 + Math.floor(random.uniform() * 10));
    await pause(random.uniform() * 300);
    await fault.strike();
    await pause(fault.lastsMs());
    await writing.stop();
    await fault.heal();
    returns.add(await scene.converged());
  }
  return returns;
}

/** The rounds, and the store held against what was seen in them. */
export async function strikeAndJudge(
  scene: Scene,
  rounds: Rounds,
  random: Random,
  fault: Fault,
): Promise<Outcome> {
  const returns = await strikeRounds(scene, rounds, random, fault);
  const verdict = await scene.judge();
  const late = fault.statedMs === null ? [] : returns.brokenOver(fault.statedMs);
  return {
    ...verdict,
    rounds: `${rounds}`,
    violations: [...verdict.violations, ...late],
    note: returns.told(fault.statedMs),
  };
}
