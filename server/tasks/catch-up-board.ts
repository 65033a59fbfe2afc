import { z } from "zod";
import { RequestError } from "../../shared/protocol/errors.ts";
import { type TaskId, TaskView } from "../../shared/protocol/task.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { Store } from "../store/port.ts";
import type { AgentCatchUp, SessionCatchUp } from "./agent-catch-up.ts";
import type { TaskMetrics } from "./task-metrics.ts";
import type { OwnedView } from "./task-view.ts";

/** User tag → the catch-ups of its agent, as the hub that has the agent wrote them last. */
const BOARD = "catch-ups";
/** Fewer files are there before anybody could read that they are coming. */
const WORTH_SAYING = 10;
/** One that ended stays so long, so that every hub's viewers hear of it. */
const ENDED_STAYS_MS = 60_000;
/** Written anew this often; what is three times as old was left behind by a hub that is gone. */
const RENEW_MS = 10_000;

const Notice = z.object({ at_ms: z.number(), tasks: z.array(TaskView) });

/** An agent that is connected to this hub. */
export interface CatchingUp {
  readonly tag: UserTag;
  readonly catchUp: AgentCatchUp;
  /** Null for a session that takes no files any more. */
  labelOf(session_id: string): string | null;
  /** Time until a session has caught up; null until there is a basis. */
  etaOf(session_id: string): number | null;
}

interface Written {
  readonly tasks: readonly TaskView[];
  readonly at_ms: number;
  /** As it is in the store, unless another hub has written since. */
  readonly text: string;
}

interface BoardDependencies {
  readonly store: Store;
  readonly now: () => number;
  readonly metrics: Pick<TaskMetrics, "foretold">;
}

/** Makes what agents are catching up on visible to the viewers of all hubs, as tasks. */
export class CatchUpBoard {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #metrics: Pick<TaskMetrics, "foretold">;
  /** The first estimate of each catch-up that is on the board. */
  readonly #firstEtas = new Map<TaskId, { readonly at_ms: number; readonly eta_ms: number }>();
  /** As this hub has written them. */
  readonly #written = new Map<UserTag, Written>();

  constructor({ store, now, metrics }: BoardDependencies) {
    this.#metrics = metrics;
    this.#store = store;
    this.#now = now;
  }

  /** Once a second: writes what has changed. @param agents all that are connected to this hub */
  async tick(agents: readonly CatchingUp[]): Promise<void> {
    const now = this.#now();
    const here = new Map(agents.map((agent) => [agent.tag, agent]));
    const tags = new Set([...this.#written.keys(), ...agents.filter(isWorthSaying).map(({ tag }) => tag)]);
    for (const tag of tags) {
      const before = this.#written.get(tag);
      const agent = here.get(tag);
      const tasks = nextTasks(before?.tasks ?? [], agent === undefined ? [] : runningTasks(agent, now), now);
      this.#judge(before?.tasks ?? [], tasks, now);
      const same = JSON.stringify(tasks) === JSON.stringify(before?.tasks ?? []);
      if (same && before !== undefined && now - before.at_ms < RENEW_MS) continue;
      await this.#write(tag, tasks, { now, isHere: agent !== undefined });
    }
  }

  /** Of one user. */
  async viewsOf(tag: UserTag): Promise<OwnedView[]> {
    const text = await this.#store.getRecord(BOARD, tag);
    return text === null ? [] : this.#read(tag, text);
  }

  /** Of all users. */
  async views(): Promise<OwnedView[]> {
    const records = await this.#store.listRecords(BOARD);
    // Keys of this collection are written by `tick` alone.
    return [...records].flatMap(([tag, text]) => this.#read(tag as UserTag, text));
  }

  /** Removes what hubs that are gone have left behind. */
  async forgetOld(): Promise<void> {
    for (const [key, expected] of await this.#store.listRecords(BOARD)) {
      if (this.#read(key as UserTag, expected).length > 0) continue;
      await this.#store.compareAndSet([{ collection: BOARD, key, expected, next: null }]);
    }
  }

  /** Holds the first estimate of each catch-up against its end. */
  #judge(before: readonly TaskView[], tasks: readonly TaskView[], now: number): void {
    for (const { task_id, state, eta_ms } of tasks) {
      const first = this.#firstEtas.get(task_id);
      if (state === "running") {
        if (eta_ms !== null && first === undefined) this.#firstEtas.set(task_id, { at_ms: now, eta_ms });
        continue;
      }
      this.#firstEtas.delete(task_id);
      if (first !== undefined && state === "done")
        this.#metrics.foretold({ foretoldMs: first.eta_ms, tookMs: now - first.at_ms });
    }
    const there = new Set(tasks.map(({ task_id }) => task_id));
    for (const { task_id } of before) if (!there.has(task_id)) this.#firstEtas.delete(task_id);
  }

  async #write(
    tag: UserTag,
    tasks: readonly TaskView[],
    { now, isHere }: { now: number; isHere: boolean },
  ): Promise<void> {
    const expected = await this.#store.getRecord(BOARD, tag);
    // Somebody else has written: the agent has come to another hub, whose word counts from then on.
    if (!isHere && expected !== (this.#written.get(tag)?.text ?? null)) {
      this.#written.delete(tag);
      return;
    }
    const next = tasks.length === 0 ? null : JSON.stringify({ at_ms: now, tasks });
    // The agent's last hub may write, too; whoever has the agent writes again in a second.
    await this.#store.compareAndSet([{ collection: BOARD, key: tag, expected, next }]);
    if (next === null) this.#written.delete(tag);
    else this.#written.set(tag, { tasks, at_ms: now, text: next });
  }

  #read(tag: UserTag, text: string): OwnedView[] {
    const notice = Notice.safeParse(JSON.parse(text));
    if (!notice.success || this.#now() - notice.data.at_ms > 3 * RENEW_MS) return [];
    return notice.data.tasks.map((view) => ({ tag, link: null, view }));
  }
}

function isWorthSaying({ catchUp }: CatchingUp): boolean {
  return [...catchUp.sessions.values()].some(({ open, total }) => open && total >= WORTH_SAYING);
}

function runningTasks({ catchUp, labelOf, etaOf }: CatchingUp, now: number): TaskView[] {
  return [...catchUp.sessions.values()].flatMap((session) => {
    const label = labelOf(session.session_id);
    return label === null || session.total < WORTH_SAYING
      ? []
      : [viewOf(session, label, { now, eta_ms: etaOf(session.session_id) })];
  });
}

function viewOf(
  { task_id, session_id, beganAt, done, total, open }: SessionCatchUp,
  label: string,
  { now, eta_ms }: { now: number; eta_ms: number | null },
): TaskView {
  return {
    task_id,
    kind: "catch-up",
    session_id,
    label,
    state: open ? "running" : "done",
    position: null,
    moved_back_because: null,
    done,
    total,
    eta_ms: open ? eta_ms : null,
    created_at_ms: beganAt,
    started_at_ms: beganAt,
    ended_at_ms: open ? null : now,
    error: null,
    result: null,
  };
}

/** What was written before and runs no more has ended; an end that was written stays as it was, for a while. */
function nextTasks(before: readonly TaskView[], current: readonly TaskView[], now: number): TaskView[] {
  const known = new Map(before.map((task) => [task.task_id, task]));
  const running = current.flatMap((task) => {
    const was = known.get(task.task_id);
    if (task.state === "running") return [task];
    if (was === undefined || was.state === "running") return was === undefined ? [] : [task];
    return [was];
  });
  const there = new Set(running.map(({ task_id }) => task_id));
  const gone = before.filter(({ task_id }) => !there.has(task_id)).map((task) => interrupted(task, now));
  return [...running, ...gone].filter(
    ({ ended_at_ms }) => ended_at_ms === null || now - ended_at_ms < ENDED_STAYS_MS,
  );
}

function interrupted(task: TaskView, now: number): TaskView {
  if (task.state !== "running") return task;
  const { code } = new RequestError("agent_offline");
  const message = "The agent went offline, or the session was stopped. When it comes back it goes on.";
  return { ...task, state: "cancelled", eta_ms: null, ended_at_ms: now, error: { code, message } };
}
