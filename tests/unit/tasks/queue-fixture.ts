import type { UserTag } from "../../../server/sessions/user-tag.ts";
import { type Queue, serveOrder, submit } from "../../../server/tasks/task-queue.ts";
import type { ActiveTask } from "../../../server/tasks/task-record.ts";
import { NO_TURNS } from "../../../server/tasks/turns.ts";
import type { TaskId } from "../../../shared/protocol/task.ts";

export const EMPTY: Queue = { turns: NO_TURNS, seq: 0, tasks: new Map(), progress: new Map() };
export const NO_LIMITS = { perUser: 1_000, perLink: 1_000, inAll: 10_000 };

/** The User ID's tag of the user with that name. */
export function tagOf(user: string): UserTag {
  return user.padEnd(22, "_").slice(0, 22) as UserTag; // of the form that tags have
}

/** Submits one task, which must be taken. */
export function submitted(queue: Queue, user: string, weight = 1): { queue: Queue; task: ActiveTask } {
  const task_id: TaskId = `task-${String(queue.seq).padStart(8, "0")}`;
  const wish = {
    tag: tagOf(user),
    kind: "reanalysis" as const,
    session_id: null,
    label: "Re-analysis",
    payload: null,
    link: null,
    units: 10,
    unit: null,
    key: null,
  };
  const step = submit(queue, wish, { task_id, weight, now: queue.seq, limits: NO_LIMITS });
  if (typeof step === "string") throw new Error(step);
  return step;
}

/** Position by task. */
export function positions(queue: Queue): Map<TaskId, number> {
  return new Map(serveOrder(queue).map(({ task_id }, index) => [task_id, index + 1]));
}
