import { exactGroups } from "../../server/proposals/exact-groups.ts";
import { groupNames } from "../../shared/protocol/name-proposals.ts";
import { naturalCompare } from "../../shared/protocol/natural-order.ts";

/*
 * What grouping a listing into series and making the groups exact costs, against sorting the same names in natural
 * order, and the longest step between two turns of the event loop. CPU time of this process. By hand:
 *
 *   node --import tsx tests/bench/group-names.ts [names, 10000]
 */

const ROUNDS = 9;
/** As proposals ask for. */
const MOST_GROUPS = 24;
/** A longer step would be felt by whoever else the hub serves. */
const STEP_TARGET_MS = 25;

const count = Number(process.argv[2] ?? 10_000);
const names = Array.from(
  { length: count },
  (_, n) => `run 3/E${n % 8}_${n % 3}uM_${n % 2 === 0 ? 15 : 200}Hz_${n}.txt`,
);
/** As no folder lists them, so that sorting has work to do. */
const shuffled = names.map((_, n) => names[(n * 7_919) % count] ?? "");

const rounds = Array.from({ length: ROUNDS }, () => {
  const sorting = cpuMs(() => void [...shuffled].sort(naturalCompare));
  const found = inSteps(groupNames(names));
  const exact = inSteps(exactGroups(found.value, names, MOST_GROUPS));
  const total = (steps: readonly number[]) => steps.reduce((sum, step) => sum + step, 0);
  const longest = Math.max(...found.steps, ...exact.steps);
  return { sorting, grouping: total(found.steps), exact: total(exact.steps), longest };
});
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const grouping = median(rounds.map((round) => round.grouping));
const exact = median(rounds.map((round) => round.exact));
const sorting = median(rounds.map((round) => round.sorting));
const longest = median(rounds.map((round) => round.longest));
console.log(
  `${count} names: grouped in ${grouping.toFixed(1)} ms, made exact in ${exact.toFixed(1)} ms, sorted in ${sorting.toFixed(1)} ms of CPU`,
);
console.log(
  `ratio ${((grouping + exact) / sorting).toFixed(2)}, longest step ${longest.toFixed(1)} ms (target ${STEP_TARGET_MS})`,
);

function inSteps<T>(work: Generator<void, T>): { readonly value: T; readonly steps: readonly number[] } {
  const steps: number[] = [];
  for (;;) {
    let step: IteratorResult<void, T> | undefined;
    steps.push(
      cpuMs(() => {
        step = work.next();
      }),
    );
    if (step?.done === true) return { value: step.value, steps };
  }
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
