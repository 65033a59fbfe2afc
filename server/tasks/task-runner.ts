import type { TaskId, TaskResult } from "../../shared/protocol/task.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { RecordChange } from "../store/port.ts";
import type { QueuedKind } from "./task-record.ts";

/** What somebody asks for with `hub.tasks.submit`. */
export interface TaskRequest {
  readonly tag: UserTag;
  readonly kind: QueuedKind;
  readonly session_id: string | null;
  /** What people read: "Re-analysis of “Serum 3”". At most 100 characters. */
  readonly label: string;
  /** For the runner, as JSON; at most MAX_TASK_PAYLOAD characters. */
  readonly payload: unknown;
  /** The share link through which it is asked for: only its viewers and the User ID's may fetch the result. */
  readonly link?: string | null;
  /** Units of work (files, say), where they are known: the basis of the estimate while it waits. */
  readonly units?: number | null;
  /** What its units are, where tasks of its kind differ in that. */
  readonly unit?: string | null;
  /** While a task with this key waits, runs, or has a result to fetch, it is given instead of another. */
  readonly key?: string | null;
}

/** One task as its runner gets it. */
export interface RunnableTask extends Pick<TaskRequest, "tag" | "session_id" | "label" | "payload"> {
  readonly task_id: TaskId;
  readonly kind: QueuedKind;
  readonly link: string | null;
}

export interface RunContext {
  /** Aborted once the task was cancelled, another hub has taken it over, or this hub ends. */
  readonly signal: AbortSignal;
  /** Says how far it is, as often as one likes. `total` null where it is not known. */
  progress(done: number, total: number | null): void;
  /**
   * Lets live files and catch-up go first: wait for it between batches of about 50 ms. Rejects once `signal` is
   * aborted, with its reason.
   */
  breathe(): Promise<void>;
  /**
   * Add this to a `compareAndSet` that must not happen twice, or after a cancel: it holds only while this attempt is
   * the one in force.
   */
  readonly fence: RecordChange;
}

/**
 * Does one kind of task. Runs again from the start, or from a checkpoint of its own, after a hub's death: so it must
 * be idempotent. What it throws ends the task as failed, with the code and message of a RequestError; the store being
 * away only interrupts it. What an aborted run returns or throws is ignored.
 */
export type TaskRunner = (task: RunnableTask, context: RunContext) => Promise<TaskResult | null>;
