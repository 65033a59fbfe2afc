import { isOver, type TaskId, type TaskView } from "../../shared/protocol/task.ts";
import type { Access } from "../access/access.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import { type OwnedView, viewFor } from "../tasks/task-view.ts";
import type { Tasks } from "../tasks/tasks.ts";
import type { Audience, HubSocket } from "./audience.ts";

/** What a viewer was told of a task that is not over: told again when that changes. */
type Told = Map<TaskId, string>;

/** It was submitted just now, and nothing was told of it yet. */
const EXPECTED = "";

interface Watching {
  readonly access: Access;
  readonly told: Told;
}

/**
 * Tells every viewer how the tasks of its agent stand: at every change, at most once a second or when something
 * changed through this hub. Like the heads of logs it reads the store and speaks to this hub's own sockets.
 */
export class TaskWatch {
  readonly #audience: Audience;
  readonly #tasks: Tasks;
  readonly #watching = new Map<HubSocket, Watching>();

  constructor(audience: Audience, tasks: Tasks) {
    this.#audience = audience;
    this.#tasks = tasks;
    tasks.onViews = (views) => this.#show(views);
    tasks.onSubmitted = (tag, task_id) => this.#expect(tag, task_id);
  }

  add(access: Access, socket: HubSocket): void {
    this.#watching.set(socket, { access, told: new Map() });
  }

  remove(socket: HubSocket): void {
    this.#watching.delete(socket);
  }

  /** A viewer was answered how its tasks stand: what was not over is owed news, though it ends before the next tick. */
  answered(socket: HubSocket, tasks: readonly TaskView[]): void {
    const told = this.#watching.get(socket)?.told;
    for (const task of tasks) if (!isOver(task)) told?.set(task.task_id, JSON.stringify(task));
  }

  /** A task may be over before anybody was told that it waits: then its end is told all the same. */
  #expect(tag: UserTag, task_id: TaskId): void {
    for (const { access, told } of this.#watching.values())
      if (access.tag === tag) told.set(task_id, EXPECTED);
  }

  async #show(views: readonly OwnedView[]): Promise<void> {
    const active = new Map<UserTag, OwnedView[]>();
    for (const owned of views) active.set(owned.tag, [...(active.get(owned.tag) ?? []), owned]);
    const ended = new Map<UserTag, Promise<OwnedView[]>>();
    for (const [socket, { access, told }] of this.#watching) {
      const { tag } = access;
      const own = active.get(tag) ?? [];
      const seen = new Set(own.map(({ view }) => view.task_id));
      if ([...told.keys()].some((task_id) => !seen.has(task_id))) {
        const found = ended.get(tag) ?? this.#tasks.endedViews(tag);
        ended.set(tag, found);
        this.#tell(socket, access, told, [...own, ...(await found)]);
      } else this.#tell(socket, access, told, own);
    }
  }

  /** What could not be sent stays owed: `told` only changes with a message that went out. */
  #tell(socket: HubSocket, access: Access, told: Told, views: readonly OwnedView[]): void {
    const shown = new Set<TaskId>();
    for (const owned of views) {
      const task = viewFor(access.link, owned);
      shown.add(task.task_id);
      if (!this.#isNews(told, task)) continue;
      if (!this.#audience.tell(socket, "task_update", { task })) return;
      if (isOver(task)) told.delete(task.task_id);
      else told.set(task.task_id, JSON.stringify(task));
    }
    for (const [task_id, text] of told) {
      if (shown.has(task_id) || text === EXPECTED) continue;
      // Lost with the store or with its hub: whoever saw it must not see it for ever.
      const last: TaskView = { ...JSON.parse(text), state: "cancelled", position: null, eta_ms: null };
      if (!this.#audience.tell(socket, "task_update", { task: last })) return;
      told.delete(task_id);
    }
  }

  /** Ended tasks are told once, and only to those who knew that they were there. */
  #isNews(told: Told, task: TaskView): boolean {
    return isOver(task) ? told.has(task.task_id) : told.get(task.task_id) !== JSON.stringify(task);
  }
}
