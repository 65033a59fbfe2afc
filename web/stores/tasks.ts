import { computed, signal } from "@preact/signals";
import { isOver, type TaskView } from "../../shared/protocol/task.ts";
import type { HubLink } from "../connection/hub-link.ts";

/** The long work of the joined agent: as the hub listed it at joining, and as it told since. */
export class TaskStore {
  private readonly all = signal<ReadonlyMap<string, TaskView>>(new Map());
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
  readonly shown = computed<readonly TaskView[]>(() => [...this.all.value.values()].sort(inOrder));

  /** What ended before this page came is no news. */
  joined(tasks: readonly TaskView[]): void {
    const known = this.all.peek();
    const news = tasks.filter((task) => !isOver(task) || (known.has(task.task_id) && isWorthALine(task)));
    this.all.value = new Map(news.map((task) => [task.task_id, task]));
  }

  async cancel(taskId: string): Promise<void> {
    const outcome = await this.link.request("cancel_task", { user_id: this.userId() ?? "", task_id: taskId });
    this.problem.value = outcome.ok ? null : outcome.error.message;
    if (outcome.ok) this.take(outcome.value);
  }

  dismiss(taskId: string): void {
    const all = new Map(this.all.peek());
    all.delete(taskId);
    this.all.value = all;
  }

  reset(): void {
    this.all.value = new Map();
    this.problem.value = null;
  }

  private take(task: TaskView): void {
    if (isWorthALine(task)) this.all.value = new Map(this.all.peek()).set(task.task_id, task);
    else this.dismiss(task.task_id);
  }
}

function isWorthALine(task: TaskView): boolean {
  return !isOver(task) || task.state === "failed" || task.result !== null;
}

/** What has ended waits for the reader, so it comes first; then what runs, then what waits in its order. */
function inOrder(a: TaskView, b: TaskView): number {
  return Number(isOver(b)) - Number(isOver(a)) || (a.position ?? 0) - (b.position ?? 0);
}
