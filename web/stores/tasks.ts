import { computed, signal } from "@preact/signals";
import { isOver, type TaskView } from "../../shared/protocol/task.ts";
import type { HubLink } from "../connection/hub-link.ts";

/** The long work of the joined agent: as the hub listed it at joining, and as it told since. */
export class TaskStore {
  private readonly all = signal<ReadonlyMap<string, TaskView>>(new Map());
  /** What ended before this page came, or was read: no news, but what it left can be fetched. */
  private readonly read = signal<ReadonlySet<string>>(new Set());
  /** Why the latest cancel was refused. */
  readonly problem = signal<string | null>(null);
  private readonly link: HubLink;
  private readonly userId: () => string | null;

  constructor(link: HubLink, userId: () => string | null) {
    this.link = link;
    this.userId = userId;
    link.on("task_update", ({ task }) => this.take(task));
  }

  /** What is worth a line: what runs, what waits, what failed, and what can be fetched. */
  readonly shown = computed<readonly TaskView[]>(() =>
    [...this.all.value.values()].filter(({ task_id }) => !this.read.value.has(task_id)).sort(inOrder),
  );

  /** Exports that run, wait or can be fetched; and those that failed just now. */
  readonly exports = computed<readonly TaskView[]>(() =>
    [...this.all.value.values()].filter(({ kind }) => kind === "export").sort(inOrder),
  );

  joined(tasks: readonly TaskView[]): void {
    const known = this.all.peek();
    const ended = tasks.filter((task) => isOver(task) && !known.has(task.task_id));
    this.read.value = new Set([...this.read.peek(), ...ended.map(({ task_id }) => task_id)]);
    const kept = tasks.filter((task) => (ended.includes(task) ? task.result !== null : isWorthALine(task)));
    this.all.value = new Map(kept.map((task) => [task.task_id, task]));
  }

  async cancel(taskId: string): Promise<void> {
    const outcome = await this.link.request("cancel_task", { user_id: this.userId() ?? "", task_id: taskId });
    this.problem.value = outcome.ok ? null : outcome.error.message;
    if (outcome.ok) this.take(outcome.value);
  }

  /** It is read. What it left to fetch stays where exports are. */
  dismiss(taskId: string): void {
    if (this.all.peek().get(taskId)?.result == null) this.remove(taskId);
    else this.read.value = new Set(this.read.peek()).add(taskId);
  }

  reset(): void {
    this.all.value = new Map();
    this.read.value = new Set();
    this.problem.value = null;
  }

  /** As it stands now. An answer may be older than what was pushed meanwhile: what is over stays over. */
  take(task: TaskView): void {
    const known = this.all.peek().get(task.task_id);
    if (known !== undefined && isOver(known) && !isOver(task)) return;
    if (isWorthALine(task)) this.all.value = new Map(this.all.peek()).set(task.task_id, task);
    else this.remove(task.task_id);
  }

  private remove(taskId: string): void {
    const all = new Map(this.all.peek());
    all.delete(taskId);
    this.all.value = all;
  }
}

function isWorthALine(task: TaskView): boolean {
  return !isOver(task) || task.state === "failed" || task.result !== null;
}

/** What has ended waits for the reader, so it comes first; then what runs, then what waits in its order. */
function inOrder(a: TaskView, b: TaskView): number {
  return Number(isOver(b)) - Number(isOver(a)) || (a.position ?? 0) - (b.position ?? 0);
}
