import { createHash, randomInt } from "node:crypto";
import { appendFileSync } from "node:fs";
import { inject } from "vitest";
import { Random } from "../../agent/random.ts";
import type { Verdict } from "./checker.ts";
import type { FaultName, FaultRow, NotRun } from "./table.ts";

/** `npm run test:faults -- --long`: every fault often. Otherwise: every fault once. */
export const LONG = process.env.FAULTS_LONG === "1";

export function shortOrLong<T>(short: T, long: T): T {
  return LONG ? long : short;
}

/** What one scenario ended with. */
export interface Outcome extends Omit<Verdict, "stalenessMs" | "acked"> {
  /** Null: has no meaning for this fault. */
  readonly acked: number | null;
  readonly stalenessMs: number | null;
  readonly rounds: string;
  readonly note?: string;
}

/**
 * Runs one fault: random moments from a seed that is printed (`SEED=` repeats them, as far as the operating system
 * does), a row for the table, and an error that lists every broken promise.
 */
export async function scenario(fault: FaultName, run: (random: Random) => Promise<Outcome>): Promise<void> {
  const seed = process.env.SEED ?? String(randomInt(2 ** 31));
  process.stdout.write(`${fault}: SEED=${seed}\n`);
  const outcome = await run(randomOf(`${seed} ${fault}`)).catch((error: unknown) => {
    throw new Error(`${fault}, SEED=${seed}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  });
  const { violations, ...counts } = outcome;
  addRow({ fault, ...counts });
  if (violations.length === 0) return;
  const shown = violations.slice(0, 20).join("\n  ");
  throw new Error(`${fault}, SEED=${seed}: ${violations.length} promises broken:\n  ${shown}`);
}

/**
 * A fault that this machine cannot have: said aloud, and in the table. Where nobody looks (CI), it is a failure.
 *
 * @returns the same in words, for the test to be skipped with
 */
export function cannotRun(fault: FaultName, why: string): string {
  const text = `${fault}: NOT RUN on this machine: ${why}`;
  if (process.env.CI === "true") throw new Error(text);
  process.stdout.write(`\n*** ${text}\n\n`);
  addRow({ fault, notRun: why.split("\n")[0] ?? why });
  return text;
}

function addRow(row: FaultRow | NotRun): void {
  appendFileSync(inject("faultRows"), `${JSON.stringify(row)}\n`);
}

/** Its own stream for every fault, so that one scenario run alone repeats what it did among the others. */
function randomOf(text: string): Random {
  return new Random(createHash("sha256").update(text).digest().readUInt32LE(0));
}

/** A stream of its own for each of those who work at the same time, or their order would decide who gets what. */
export function fork(random: Random): Random {
  return new Random(Math.floor(random.uniform() * 2 ** 32));
}

/** Verdicts of several logs as one. */
export function together(verdicts: readonly Verdict[]): Verdict {
  const sum = (of: (verdict: Verdict) => number) =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0);
  return {
    written: sum(({ written }) => written),
    acked: sum(({ acked }) => acked),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    stalenessMs: Math.max(...verdicts.map(({ stalenessMs }) => stalenessMs)),
    violations: verdicts.flatMap(({ violations }) => violations),
  };
}
