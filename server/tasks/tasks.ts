import { RequestError } from "../../shared/protocol/errors.ts";
import { MAX_TASK_PAYLOAD, MAX_WAITING_OF_A_LINK, MAX_WAITING_TASKS } from "../../shared/protocol/limits.ts";
import { isOver, type TaskId, type TaskView } from "../../shared/protocol/task.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import { type Store, StoreUnavailable } from "../store/port.ts";
import { type CatchingUp, CatchUpBoard } from "./catch-up-board.ts";
import { TaskBook } from "./task-book.ts";
import type { TaskMetrics } from "./task-metrics.ts";
import {
  cancel,
  findSame,
  isWaiting,
  type Queue,
  type Refused,
  submit,
  type TaskWish,
} from "./task-queue.ts";
import type { ActiveTask, QueuedKind } from "./task-record.ts";
import type { TaskRequest, TaskRunner } from "./task-runner.ts";
import { TaskRuns } from "./task-runs.ts";
import { activeViews, endedView, inOrder, type OwnedView, viewFor } from "./task-view.ts";
import { TurnWeights } from "./turn-weights.ts";

/** A user whose tasks have no estimate yet is asked to come back after this. */
const RETRY_AFTER_MS = 10_000;
const FORGET_EVERY_TICKS = 3_600;
/** A result that goes sooner is made anew: nobody should be handed a link that ends under their hands. */
const FETCHABLE_MS = 10 * 60_000;

interface TasksDependencies {
  readonly store: Store;
  readonly hubId: string;
  readonly maxRunning: number;
  readonly maxPerUser: number;
  readonly now: () => number;
  readonly newId: () => string;
  readonly breathe: () => Promise<void>;
  readonly metrics: TaskMetrics;
  /** What agents of this hub are catching up on. */
  readonly catchingUp: () => readonly CatchingUp[];
  readonly onFailure: (error: unknown, task: ActiveTask) => void;
}

type Watcher = (views: readonly OwnedView[]) => Promise<void>;

/** The long work of this hub and its sisters: one queue on the store, from which each takes what it can run. */
export class Tasks {
  /** Turns of each user, by the enrolment of its agent. */
  readonly weights: TurnWeights;
  /** Told of all active tasks with every tick, and at every change through this hub. */
  onViews: Watcher = async () => {};
  /** Told of each task that is submitted through this hub, before anything else can happen to it. */
  onSubmitted: (tag: UserTag, task_id: TaskId) => void = () => {};
  readonly #deps: TasksDependencies;
  readonly #book: TaskBook;
  readonly #board: CatchUpBoard;
  readonly #runs: TaskRuns;
  #turn: Promise<void> = Promise.resolve();
  #kicked = false;
  #waiting = 0;
  #ticks = 0;

  constructor(dependencies: TasksDependencies) {
    const { store, now, metrics } = dependencies;
    this.#deps = dependencies;
    this.weights = new TurnWeights(store);
    this.#book = new TaskBook({ store, now });
    this.#board = new CatchUpBoard({ store, now, metrics });
    this.#runs = new TaskRuns({
      ...dependencies,
      book: this.#book,
      onChange: () => this.#kick(),
    });
  }

  /** Says who does one kind of task; before the hub listens. */
  register(kind: QueuedKind, runner: TaskRunner): void {
    this.#runs.register(kind, runner);
  }

  /** How many run on this hub, and how many waited for all hubs when it last looked. From memory. */
  get counts(): { readonly queued: number; readonly running: number } {
    return { queued: this.#waiting, running: this.#runs.size };
  }

  /**
   * Puts a task into the queue; gives the one with the same key, where there is one whose result can be had. [Q7]
   *
   * @throws RequestError too_many_tasks, with `retry_after_ms`
   */
  async submit(request: TaskRequest): Promise<TaskView> {
    assertFits(request);
    const { tag } = request;
    const wish = { link: null, units: null, unit: null, key: null, ...request };
    const { newId, now, maxPerUser } = this.#deps;
    const task_id = newId();
    const weight = await this.weights.of(tag);
    const limits = { perUser: maxPerUser, perLink: MAX_WAITING_OF_A_LINK, inAll: MAX_WAITING_TASKS };
    const found: { same: TaskId | null; refused: Refused } = {
      same: await this.#finished(wish),
      refused: "queue-full",
    };
    const task = await this.#book.change((queue) => {
      found.same ??= findSame(queue, wish)?.task_id ?? null;
      if (found.same !== null) return null;
      const step = submit(queue, wish, { task_id, weight, now: now(), limits });
      if (typeof step !== "string") return step;
      found.refused = step;
      return null;
    });
    if (found.same !== null) return this.get(tag, found.same, wish.link);
    if (task === null) throw await this.#refusal(tag, found.refused);
    this.onSubmitted(tag, task_id);
    this.#kick();
    return this.get(tag, task_id, wish.link);
  }

  /** All tasks of one user, as somebody who came by `link` sees them. */
  async list(tag: UserTag, link: string | null): Promise<TaskView[]> {
    const [queue, rates, ended, catchUps] = await Promise.all([
      this.#book.read(),
      this.#book.rates(),
      this.#book.ended(tag),
      this.#board.viewsOf(tag),
    ]);
    const active = activeViews(queue, rates).filter((view) => view.tag === tag);
    // One that ended in between stands in both.
    const over = ended.filter(({ task_id }) => !queue.tasks.has(task_id)).map(endedView);
    return inOrder([...catchUps, ...active, ...over].map((view) => viewFor(link, view)));
  }

  /** Those of one user that ended lately, newest first. */
  async endedViews(tag: UserTag): Promise<OwnedView[]> {
    return (await this.#book.ended(tag)).map(endedView);
  }

  /** @throws RequestError task_not_found */
  async get(tag: UserTag, task_id: TaskId, link: string | null = null): Promise<TaskView> {
    const found = (await this.list(tag, link)).find((view) => view.task_id === task_id);
    if (found === undefined) throw new RequestError("task_not_found");
    return found;
  }

  /** Whether a task was asked for through this very share link. */
  async isOf(tag: UserTag, link: string, task_id: TaskId): Promise<boolean> {
    const active = [...(await this.#book.read()).tasks.values()];
    const all = [...active, ...(await this.#book.ended(tag))];
    return all.some((task) => task.tag === tag && task.task_id === task_id && task.link === link);
  }

  /** Removes a task, whatever its state; one that is over stays as it ended. @throws RequestError task_not_found, task_not_cancellable */
  async cancel(tag: UserTag, task_id: TaskId, link: string | null = null): Promise<TaskView> {
    const cancelled = await this.#book.change((queue) =>
      queue.tasks.get(task_id)?.tag === tag ? cancel(queue, task_id, this.#deps.now()) : null,
    );
    if (cancelled !== null) this.#deps.metrics.ended("cancelled", null);
    const view = await this.get(tag, task_id, link);
    if (!isOver(view)) throw new RequestError("task_not_cancellable");
    this.#runs.drop(task_id);
    this.#kick();
    return view;
  }

  /** Removes all tasks of a session that is being deleted, those that are over among them. */
  async cancelSession(tag: UserTag, session_id: string): Promise<void> {
    const { tasks } = await this.#book.read();
    const own = [...tasks.values()].filter((task) => task.tag === tag && task.session_id === session_id);
    for (const { task_id } of own) await this.cancel(tag, task_id).catch(ignoreGone);
    await this.#book.forgetSession(tag, session_id);
  }

  /** Every task of every user that is not over, as the operator sees it: whose, by its tag. */
  async overview(): Promise<readonly OwnedView[]> {
    return this.#allViews(await this.#book.read());
  }

  /** Once a second. Rejects while the store is away. */
  tick(): Promise<void> {
    this.#ticks += 1;
    return this.#inTurn(async () => {
      await this.#board.tick(this.#deps.catchingUp());
      await this.#step();
      if (this.#ticks % FORGET_EVERY_TICKS !== 0) return;
      await this.#book.forgetOld();
      await this.#board.forgetOld();
    });
  }

  /** Hands back what runs here. After this nothing begins. */
  async close(): Promise<void> {
    await this.#inTurn(() => this.#runs.close()).catch((error: unknown) => {
      // Another hub takes them once their leases have run out.
      if (!(error instanceof StoreUnavailable)) throw error;
    });
  }

  async #step(): Promise<void> {
    try {
      const queue = await this.#book.read();
      const changed = await this.#runs.step(queue);
      const now = changed ? await this.#book.read() : queue;
      this.#waiting = [...now.tasks.values()].filter(isWaiting).length;
      await this.onViews(await this.#allViews(now));
    } catch (error) {
      this.#runs.storeAway();
      throw error;
    }
  }

  async #allViews(queue: Queue): Promise<OwnedView[]> {
    const catchUps = await this.#board.views();
    if (queue.tasks.size === 0) return catchUps;
    return [...catchUps, ...activeViews(queue, await this.#book.rates())];
  }

  /** Something changed here: nobody should wait for the next tick. A failure is made up for by that. */
  #kick(): void {
    if (this.#kicked) return;
    this.#kicked = true;
    setImmediate(() => {
      this.#kicked = false;
      this.#inTurn(() => this.#step()).catch(() => undefined);
    });
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(step);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** [Q7] A task that is done, with a result that can be fetched for a while yet. */
  async #finished({ tag, key }: Pick<TaskWish, "tag" | "key">): Promise<TaskId | null> {
    if (key === null || findSame(await this.#book.read(), { tag, key }) !== null) return null;
    const later = this.#deps.now() + FETCHABLE_MS;
    const found = (await this.#book.ended(tag)).find(
      ({ key: own, outcome: how }) =>
        own === key && how.is === "done" && (how.result?.expires_at_ms ?? 0) > later,
    );
    return found?.task_id ?? null;
  }

  async #refusal(tag: UserTag, reason: Refused): Promise<RequestError> {
    const { maxPerUser } = this.#deps;
    const own = (await this.list(tag, null)).filter(({ state }) => state === "running" || state === "queued");
    const etas = own.flatMap(({ eta_ms }) => (eta_ms === null ? [] : [eta_ms]));
    const retry_after_ms = Math.max(1_000, Math.min(...etas, RETRY_AFTER_MS));
    const limit = {
      "user-full": maxPerUser,
      "link-full": MAX_WAITING_OF_A_LINK,
      "queue-full": MAX_WAITING_TASKS,
    }[reason];
    const message =
      reason === "queue-full"
        ? `${limit} tasks wait on this hub, which is the most. Try again a little later.`
        : `${limit} tasks of yours wait already, which is the most. Cancel one, or try again when one is done.`;
    return new RequestError("too_many_tasks", message, { retry_after_ms, limit });
  }
}

function assertFits({ kind, label, payload }: Pick<TaskRequest, "kind" | "label" | "payload">): void {
  if (JSON.stringify(payload ?? null).length > MAX_TASK_PAYLOAD || label.length > 200)
    throw new Error(`The ${kind} task says more than a task may.`);
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof RequestError && error.code === "task_not_found")) throw error;
}
