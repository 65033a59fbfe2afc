import type { TaskId } from "../../shared/protocol/task.ts";
import { type AttemptEnd, TaskAttempt } from "./task-attempt.ts";
import type { TaskBook } from "./task-book.ts";
import { rateName } from "./task-estimate.ts";
import type { TaskMetrics } from "./task-metrics.ts";
import { claim, end, handBack, isHopeless, type Queue } from "./task-queue.ts";
import type { ActiveTask, Attempt, QueuedKind } from "./task-record.ts";
import type { TaskRunner } from "./task-runner.ts";

/** A hub whose attempt says nothing for so long is gone, as far as that task is concerned. */
export const LEASE_MS = 15_000;
/** A hub that ends waits so long for its runners to notice. */
const LET_GO_MS = 3_000;

interface RunsDependencies {
  readonly book: TaskBook;
  readonly hubId: string;
  readonly maxRunning: number;
  readonly now: () => number;
  readonly newId: () => string;
  readonly breathe: () => Promise<void>;
  readonly metrics: TaskMetrics;
  /** Something began or ended here. */
  readonly onChange: (task: ActiveTask) => void;
  readonly onFailure: (error: unknown, task: ActiveTask) => void;
}

/** The tasks that this hub runs: takes them from the queue, keeps their leases alive, and writes how they end. */
export class TaskRuns {
  readonly #deps: RunsDependencies;
  readonly #runners = new Map<QueuedKind, TaskRunner>();
  readonly #attempts = new Map<TaskId, TaskAttempt>();
  /** Other hubs' attempts as they were seen last: by this hub's own clock, so that clocks need not agree. */
  readonly #seen = new Map<TaskId, { readonly text: string; readonly at_ms: number }>();
  #closing = false;

  constructor(dependencies: RunsDependencies) {
    this.#deps = dependencies;
  }

  register(kind: QueuedKind, runner: TaskRunner): void {
    this.#runners.set(kind, runner);
  }

  has(kind: QueuedKind): boolean {
    return this.#runners.has(kind);
  }

  /** How many run on this hub. */
  get size(): number {
    return this.#attempts.size;
  }

  /**
   * Once a second, and when something has changed; rejects while the store is away.
   *
   * @param queue as it was read just now
   * @returns whether anything but progress has changed
   */
  async step(queue: Queue): Promise<boolean> {
    this.#dropLost(queue);
    const gone = this.#goneAttempts(queue);
    await this.#renewLeases();
    const settled = await this.#settleEnded();
    const startable = [...queue.tasks.values()].some(
      (task) => task.attempt === null || gone.has(task.attempt.token),
    );
    return ((startable || settled) && (await this.#start(gone))) || settled;
  }

  /** The store did not answer: what was not heard meanwhile says nothing about other hubs. */
  storeAway(): void {
    this.#seen.clear();
  }

  /** The task was cancelled, or another hub has taken it over: its runner need not go on. */
  drop(task_id: TaskId): void {
    this.#attempts.get(task_id)?.abort("The task was cancelled, or another hub has taken it over.");
    this.#attempts.delete(task_id);
  }

  /** Begins nothing more, and hands back what runs, so that another hub goes on at once. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const attempt of this.#attempts.values()) attempt.abort("The hub ends.");
    const deadline = Date.now() + LET_GO_MS;
    while (this.#running().length > 0 && Date.now() < deadline)
      await new Promise((done) => setTimeout(done, 10));
    for (const attempt of this.#attempts.values()) attempt.end ??= { is: "interrupted" };
    await this.#settleEnded();
  }

  #running(): TaskAttempt[] {
    return [...this.#attempts.values()].filter((attempt) => attempt.end === null);
  }

  async #renewLeases(): Promise<void> {
    for (const attempt of this.#running()) {
      const beat = attempt.dueBeat();
      if (beat === null || (await this.#deps.book.beat(attempt.task, beat))) continue;
      this.drop(attempt.task.task_id);
    }
  }

  async #settleEnded(): Promise<boolean> {
    const through = [...this.#attempts.values()].filter((attempt) => attempt.end !== null);
    for (const attempt of through) if (attempt.end !== null) await this.#settle(attempt, attempt.end);
    return through.length > 0;
  }

  /** [Q4] Stays owed while the store is away; an attempt that is no longer in force changes nothing. */
  async #settle(attempt: TaskAttempt, how: AttemptEnd): Promise<void> {
    const { book, now, onChange } = this.#deps;
    const { task_id, attempt: own } = attempt.task;
    const by = { task_id, token: own.token };
    if (how.is === "interrupted") {
      await book.change((queue) => handBack(queue, by));
      this.#attempts.delete(task_id);
      return;
    }
    const ended = await book.change((queue) => end(queue, by, how, now()));
    this.#attempts.delete(task_id);
    if (ended === null) return;
    onChange(attempt.task);
    await this.#measure(attempt, how.is);
  }

  async #measure(attempt: TaskAttempt, state: "done" | "failed" | "cancelled"): Promise<void> {
    const { book, metrics } = this.#deps;
    const { msPerUnit, estimate } = attempt.measured();
    metrics.ended(state, estimate);
    if (state === "done" && msPerUnit !== null) await book.noteRate(rateName(attempt.task), msPerUnit);
  }

  async #start(gone: ReadonlySet<string>): Promise<boolean> {
    const { book, hubId, maxRunning, newId, now, metrics, onChange } = this.#deps;
    for (let started = false; ; started = true) {
      if (this.#closing || this.#attempts.size >= maxRunning) return started;
      const by = { token: newId(), hub_id: hubId, now: now() };
      const task = await book.change((queue) => claim(queue, gone, by));
      if (task === null || task.attempt === null) return started;
      const { attempt } = task;
      if (task.started_at_ms === by.now) metrics.started(by.now - task.created_at_ms);
      if (isHopeless(task)) await this.#giveUp(task, by.token);
      else this.#run({ ...task, attempt });
      onChange(task);
    }
  }

  async #giveUp({ task_id }: ActiveTask, token: string): Promise<void> {
    const message =
      "It was begun again and again, and each time the hub ended. Its operator finds more in the log.";
    const outcome = { is: "failed", error: { code: "task_failed", message } } as const;
    const { book, now } = this.#deps;
    await book.change((queue) => end(queue, { task_id, token }, outcome, now()));
  }

  #run(task: ActiveTask & { readonly attempt: Attempt }): void {
    const { book, now, breathe, onChange, onFailure } = this.#deps;
    const fence = book.fence(task);
    const attempt = new TaskAttempt(task, {
      now,
      breathe,
      fence,
      onFailure: (error) => onFailure(error, task),
    });
    this.#attempts.set(task.task_id, attempt);
    void attempt.run(this.#runners.get(task.kind)).then(() => onChange(task));
  }

  /** What was cancelled, or taken over, through another hub. */
  #dropLost(queue: Queue): void {
    for (const [task_id, { task }] of this.#attempts) {
      if (queue.tasks.get(task_id)?.attempt?.token !== task.attempt.token) this.drop(task_id);
    }
  }

  /** Attempts that nobody makes: of an earlier life of this hub, or of a hub that has fallen silent. */
  #goneAttempts(queue: Queue): Set<string> {
    const now = this.#deps.now();
    const gone = new Set<string>();
    for (const { task_id, attempt } of queue.tasks.values()) {
      if (attempt === null || this.#attempts.has(task_id)) continue;
      const text = `${attempt.token} ${queue.progress.get(task_id)?.beat}`;
      const seen = this.#seen.get(task_id);
      if (seen?.text !== text) this.#seen.set(task_id, { text, at_ms: now });
      else if (now - seen.at_ms >= LEASE_MS) gone.add(attempt.token);
      if (attempt.hub_id === this.#deps.hubId) gone.add(attempt.token);
    }
    for (const task_id of this.#seen.keys()) if (!queue.tasks.has(task_id)) this.#seen.delete(task_id);
    return gone;
  }
}
