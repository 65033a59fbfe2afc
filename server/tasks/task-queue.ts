import type { TaskId } from "../../shared/protocol/task.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { ActiveTask, EndedTask, Outcome, QueuedKind, TaskProgress } from "./task-record.ts";
import { join, leave, NO_TURNS, serve, type Turns, upcoming } from "./turns.ts";

/*
 * The rules of the queue. A pure state machine: time and ids come in as arguments; server/tasks/task-book.ts makes
 * each step atomic on the store.
 *
 * [Q1] Within a user first in, first out; between users turns by weight (turns.ts).
 * [Q2] A position is the rank in the order in which waiting tasks will be served. It rises only when another user's
 *      new task gets a turn before; a task that ends, is cancelled or loses its hub moves nobody back.
 * [Q3] A task whose hub is gone goes on before any waiting task begins: it has had its turn.
 * [Q4] Each task ends once: the step that ends it removes it, and needs the token of the attempt in force.
 * [Q5] Cancelling is possible in every state, as often as one likes, and removes the task.
 * [Q6] So much waits for one user, so many exports for one share link, and so much for all: past that a new task is
 *      refused.
 * [Q7] What is asked for by the same key is there once.
 */

/** A task that takes its hub with it each time must not take all of them, for ever. */
export const MAX_TRIES = 5;

export interface Queue {
  readonly turns: Turns;
  /** Of the next task. */
  readonly seq: number;
  readonly tasks: ReadonlyMap<TaskId, ActiveTask>;
  readonly progress: ReadonlyMap<TaskId, TaskProgress>;
}

/** What somebody wants to have done. */
export interface TaskWish {
  readonly tag: UserTag;
  readonly kind: QueuedKind;
  readonly session_id: string | null;
  readonly label: string;
  readonly payload: unknown;
  readonly link: string | null;
  readonly units: number | null;
  readonly unit: string | null;
  readonly key: string | null;
}

export interface QueueLimits {
  readonly perUser: number;
  readonly perLink: number;
  readonly inAll: number;
}

/** The queue after a step, and the one task that it changed: as it waits or runs now, or as it ended. */
export interface Step<Task> {
  readonly queue: Queue;
  readonly task: Task;
}

/** Why a task is not taken. */
export type Refused = "user-full" | "link-full" | "queue-full";

/** [Q7] The task with this key that is not over; null where there is none. */
export function findSame({ tasks }: Queue, { tag, key }: Pick<TaskWish, "tag" | "key">): ActiveTask | null {
  if (key === null) return null;
  return [...tasks.values()].find((task) => task.tag === tag && task.key === key) ?? null;
}

/** [Q6] @returns the reason where it is refused */
export function submit(
  queue: Queue,
  wish: TaskWish,
  { task_id, weight, now, limits }: { task_id: TaskId; weight: number; now: number; limits: QueueLimits },
): Step<ActiveTask> | Refused {
  const waiting = [...queue.tasks.values()].filter(isWaiting);
  if (waiting.filter(({ tag }) => tag === wish.tag).length >= limits.perUser) return "user-full";
  const { link } = wish;
  if (link !== null && waiting.filter((task) => task.link === link).length >= limits.perLink)
    return "link-full";
  if (waiting.length >= limits.inAll) return "queue-full";
  const { seq } = queue;
  const task: ActiveTask = {
    ...wish,
    task_id,
    seq,
    created_at_ms: now,
    started_at_ms: null,
    attempt: null,
  };
  const turns = join(queue.turns, wish.tag, weight, seq);
  return { task, queue: { ...withTask(queue, task), turns, seq: seq + 1 } };
}

/** Waiting tasks in the order in which they will be served. [Q1] */
export function serveOrder({ turns, tasks }: Pick<Queue, "turns" | "tasks">): ActiveTask[] {
  const ofUser = new Map<string, ActiveTask[]>();
  for (const task of [...tasks.values()].filter(isWaiting).sort((a, b) => a.seq - b.seq)) {
    const own = ofUser.get(task.tag);
    if (own) own.push(task);
    else ofUser.set(task.tag, [task]);
  }
  return upcoming(turns).flatMap((user) => ofUser.get(user)?.shift() ?? []);
}

/**
 * Begins the next task, or goes on with one whose hub is gone. [Q3] Null when there is none.
 *
 * @param gone tokens of attempts that nobody makes any more
 */
export function claim(
  queue: Queue,
  gone: ReadonlySet<string>,
  by: { token: string; hub_id: string; now: number },
): Step<ActiveTask> | null {
  const orphan = [...queue.tasks.values()].find(
    (task) => !isWaiting(task) && (task.attempt === null || gone.has(task.attempt.token)),
  );
  if (orphan !== undefined) return begin(queue, orphan, by);
  const served = serve(queue.turns);
  const [next] = serveOrder(queue);
  if (served === null || next === undefined) return null;
  return begin({ ...queue, turns: served.turns }, next, by);
}

/** Whether a task has been tried too often without getting any further. */
export function isHopeless({ attempt }: ActiveTask): boolean {
  return attempt !== null && attempt.tries > MAX_TRIES;
}

/** [Q4] Null when this attempt is not the one in force: then nothing changes. */
export function end(
  queue: Queue,
  { task_id, token }: { task_id: TaskId; token: string },
  outcome: Outcome,
  now: number,
): Step<EndedTask> | null {
  const task = queue.tasks.get(task_id);
  return task?.attempt?.token === token ? finish(queue, task, outcome, now) : null;
}

/** Gives a task back, to be gone on with by whoever is free. Null when this attempt is not the one in force. */
export function handBack(
  queue: Queue,
  { task_id, token }: { task_id: TaskId; token: string },
): Step<ActiveTask> | null {
  const task = queue.tasks.get(task_id);
  if (task?.attempt?.token !== token) return null;
  const free: ActiveTask = { ...task, attempt: null };
  return { task: free, queue: withTask(queue, free) };
}

/** [Q5] Null for a task that is over. */
export function cancel(queue: Queue, task_id: TaskId, now: number): Step<EndedTask> | null {
  const task = queue.tasks.get(task_id);
  return task === undefined ? null : finish(queue, task, { is: "cancelled" }, now);
}

export function isWaiting({ started_at_ms }: ActiveTask): boolean {
  return started_at_ms === null;
}

function begin(
  queue: Queue,
  task: ActiveTask,
  { token, hub_id, now }: { token: string; hub_id: string; now: number },
): Step<ActiveTask> {
  const done = queue.progress.get(task.task_id)?.done ?? 0;
  const before = task.attempt;
  const further = before === null || done > before.from;
  const attempt = {
    token,
    hub_id,
    tries: further ? 1 : before.tries + 1,
    from: further ? done : before.from,
  };
  const running: ActiveTask = { ...task, started_at_ms: task.started_at_ms ?? now, attempt };
  return { task: running, queue: withTask(queue, running) };
}

function finish(queue: Queue, task: ActiveTask, outcome: Outcome, now: number): Step<EndedTask> {
  const { payload: _payload, seq: _seq, attempt: _attempt, ...wish } = task;
  const reached = queue.progress.get(task.task_id);
  const total = reached?.total ?? task.units;
  const done = outcome.is === "done" ? (total ?? reached?.done ?? 0) : (reached?.done ?? 0);
  const ended: EndedTask = { ...wish, ended_at_ms: now, done, total, outcome };
  const tasks = new Map(queue.tasks);
  tasks.delete(task.task_id);
  const left = isWaiting(task) ? leave(queue.turns, task.tag) : queue.turns;
  const turns = tasks.size === 0 ? NO_TURNS : left;
  return { task: ended, queue: { ...queue, tasks, turns } };
}

function withTask(queue: Queue, task: ActiveTask): Queue {
  return { ...queue, tasks: new Map(queue.tasks).set(task.task_id, task) };
}
