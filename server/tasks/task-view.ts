import { isOver, type TaskId, type TaskView } from "../../shared/protocol/task.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import { estimates, type Rates } from "./task-estimate.ts";
import { isWaiting, type Queue, serveOrder } from "./task-queue.ts";
import type { ActiveTask, EndedTask } from "./task-record.ts";

/** A task as people see it, with whose it is: who may see it, and who may fetch its result. */
export interface OwnedView {
  readonly tag: UserTag;
  readonly link: string | null;
  readonly view: TaskView;
}

const ANOTHER_TURN = "Somebody else has come, and users take turns.";

/** All tasks that are not over: running ones, then waiting ones in the order in which they will be served. */
export function activeViews(queue: Queue, rates: Rates): OwnedView[] {
  const etas = estimates(queue, rates);
  const waiting = serveOrder(queue);
  const running = [...queue.tasks.values()].filter((task) => !isWaiting(task));
  const views = running.map((task) => activeView(queue, task, etas));
  // Of those before it, has anybody come later?
  let latestSeq = -1;
  for (const [index, task] of waiting.entries()) {
    const moved_back_because = latestSeq > task.seq ? ANOTHER_TURN : null;
    latestSeq = Math.max(latestSeq, task.seq);
    const owned = activeView(queue, task, etas);
    views.push({ ...owned, view: { ...owned.view, position: index + 1, moved_back_because } });
  }
  return views;
}

export function endedView(task: EndedTask): OwnedView {
  const { tag, link, outcome } = task;
  const view: TaskView = {
    ...common(task),
    state: outcome.is,
    position: null,
    moved_back_because: null,
    done: task.done,
    total: task.total,
    eta_ms: null,
    started_at_ms: task.started_at_ms,
    ended_at_ms: task.ended_at_ms,
    error: outcome.is === "failed" ? outcome.error : null,
    result: outcome.is === "done" ? outcome.result : null,
  };
  return { tag, link, view };
}

/** What somebody who came by this link (null: with the User ID) may see of it. */
export function viewFor(link: string | null, { view, link: owner }: OwnedView): TaskView {
  return link === null || link === owner || view.result === null ? view : { ...view, result: null };
}

/** Ended ones are last, newest first; what comes before keeps its order. */
export function inOrder(views: readonly TaskView[]): TaskView[] {
  const over = views.filter(isOver).sort((a, b) => (b.ended_at_ms ?? 0) - (a.ended_at_ms ?? 0));
  return [...views.filter((view) => !isOver(view)), ...over];
}

function activeView(queue: Queue, task: ActiveTask, etas: ReadonlyMap<TaskId, number | null>): OwnedView {
  const reached = queue.progress.get(task.task_id);
  const waiting = isWaiting(task);
  const view: TaskView = {
    ...common(task),
    state: waiting ? "queued" : "running",
    position: null,
    moved_back_because: null,
    done: reached?.done ?? 0,
    total: reached?.total ?? task.units,
    eta_ms: etas.get(task.task_id) ?? null,
    started_at_ms: task.started_at_ms,
    ended_at_ms: null,
    error: null,
    result: null,
  };
  return { tag: task.tag, link: task.link, view };
}

function common({ task_id, kind, session_id, label, created_at_ms }: ActiveTask | EndedTask) {
  return { task_id, kind, session_id, label, created_at_ms };
}
