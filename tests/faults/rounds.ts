import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../agent/random.ts";
import type { Scene } from "./scene.ts";

export interface Fault {
  strike(): Promise<void> | void;
  heal(): Promise<void> | void;
  /** How long it lasts, ms. */
  lastsMs(): number;
}

/**
 * Again and again: the instruments measure, the fault strikes at a random moment, lasts, is healed, and everybody
 * must come to show everything.
 *
 * @returns the longest time from a healing to that, ms
 */
export async function strikeRounds(
  scene: Scene,
  rounds: number,
  random: Random,
  fault: Fault,
): Promise<number> {
  let slowestMs = 0;
  for (let round = 0; round < rounds; round++) {
    const writing = scene.writeOn();
    await scene.party.showsMore(1 + Math.floor(random.uniform() * 10));
    await pause(random.uniform() * 300);
    await fault.strike();
    await pause(fault.lastsMs());
    await writing.stop();
    await fault.heal();
    slowestMs = Math.max(slowestMs, await scene.converged());
  }
  return slowestMs;
}
