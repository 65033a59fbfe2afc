import { nanoid } from "nanoid";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { Store } from "../../server/store/port.ts";
import type { RunContext, RunnableTask, TaskRunner } from "../../server/tasks/task-runner.ts";
import { Tasks } from "../../server/tasks/tasks.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";

/** One task in the hands of one hub's runner, which does what the test says. */
export interface Run {
  readonly hub: string;
  readonly task: RunnableTask;
  readonly context: RunContext;
  finish(): void;
  fail(error: unknown): void;
}

/** Hubs on one store under one clock, whose runners wait for the test. */
export class TaskHubs {
  nowMs = 1_000_000;
  readonly runs: Run[] = [];
  /** How tasks ended, as all hubs together count it. */
  readonly ended: ("done" | "failed" | "cancelled")[] = [];
  #waiting = new Set<() => void>();

  start(hubId: string, store: Store, limits: { maxRunning?: number; maxPerUser?: number } = {}): Tasks {
    const tasks = new Tasks({
      store,
      hubId,
      maxRunning: limits.maxRunning ?? 2,
      maxPerUser: limits.maxPerUser ?? 10,
      now: () => this.nowMs,
      newId: nanoid,
      breathe: async () => {},
      catchingUp: () => [],
      metrics: { started: () => {}, foretold: () => {}, ended: (how) => void this.ended.push(how) },
      onFailure: () => {},
    });
    const runner: TaskRunner = (task, context) =>
      new Promise((resolve, reject) => {
        this.runs.push({ hub: hubId, task, context, finish: () => resolve(null), fail: reject });
        for (const check of this.#waiting) check();
      });
    tasks.register("reanalysis", runner);
    return tasks;
  }

  /** Waits until so many runs have begun, in all. */
  begun(count: number): Promise<readonly Run[]> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.runs.length < count) return;
        this.#waiting.delete(check);
        resolve(this.runs);
      };
      this.#waiting.add(check);
      check();
    });
  }
}

export function tagOf(user: string) {
  return userTag(user as UserId); // only hashed here
}

export function wish(user: string, units: number | null = 10) {
  return {
    tag: tagOf(user),
    kind: "reanalysis",
    session_id: null,
    label: `Re-analysis of ${user}`,
    payload: { of: user },
    units,
  } as const;
}

/** Repeats a hub's turns until something has come about. Each turn is real work on the store, so nothing spins. */
export async function until(tasks: readonly Tasks[], come: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await come())) for (const hub of tasks) await hub.tick();
}
