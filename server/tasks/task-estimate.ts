import type { TaskId } from "../../shared/protocol/task.ts";
import { isWaiting, type Queue, serveOrder } from "./task-queue.ts";
import type { ActiveTask } from "./task-record.ts";

/** Measured time for one unit of each kind of work, by `rateName`; what has none has not been measured yet. */
export type Rates = ReadonlyMap<string, number>;

export function rateName({ kind, unit }: Pick<ActiveTask, "kind" | "unit">): string {
  return unit === null ? kind : `${kind} ${unit}`;
}

/**
 * Time until each task ends, in ms: running ones as they measure it, waiting ones by going through the queue in
 * its order. Null where something on the way has not been measured.
 */
export function estimates(queue: Queue, rates: Rates): Map<TaskId, number | null> {
  const found = new Map<TaskId, number | null>();
  for (const [task_id, task] of queue.tasks)
    if (!isWaiting(task)) found.set(task_id, queue.progress.get(task_id)?.eta_ms ?? null);
  // While something waits, as many run as can.
  let freeAt: (number | null)[] = found.size === 0 ? [0] : [...found.values()];
  for (const task of serveOrder(queue)) {
    const { task_id, units } = task;
    const each = rates.get(rateName(task));
    const begins = earliest(freeAt);
    const ends = units === null || each === undefined || begins === null ? null : begins + units * each;
    found.set(task_id, ends === null ? null : Math.round(ends));
    freeAt = replaceFirst(freeAt, begins, ends);
  }
  return found;
}

/** Null when one is unknown: it may be the earliest. */
function earliest(moments: readonly (number | null)[]): number | null {
  return moments.reduce((a, b) => (a === null || b === null ? null : Math.min(a, b)));
}

function replaceFirst(moments: readonly (number | null)[], old: number | null, next: number | null) {
  const at = moments.indexOf(old);
  return moments.map((moment, index) => (index === at ? next : moment));
}
