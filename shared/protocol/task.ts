import { z } from "zod";
import { SessionId } from "./session.ts";

/** A piece of long work with a place that everybody can see. The hub's list is the truth, a push only a hint. */

export const TaskId = z.string().regex(/^[A-Za-z0-9_-]{12,32}$/);
export type TaskId = z.infer<typeof TaskId>;

/** `catch-up`: files that the folder held before the session, or before the connection came back. */
export const TaskKind = z.enum(["reanalysis", "export", "catch-up"]);
export type TaskKind = z.infer<typeof TaskKind>;

export const TaskState = z.enum(["queued", "running", "done", "failed", "cancelled"]);
export type TaskState = z.infer<typeof TaskState>;

/** What a finished task leaves to fetch: `path` is relative to the hub's address, and works until `expires_at_ms`. */
export const TaskResult = z.object({ path: z.string(), filename: z.string(), expires_at_ms: z.number() });
export type TaskResult = z.infer<typeof TaskResult>;

export const TaskError = z.object({ code: z.string(), message: z.string() });
export type TaskError = z.infer<typeof TaskError>;

/** Times in ms since 1970, hub's clock. */
export const TaskView = z.object({
  task_id: TaskId,
  kind: TaskKind,
  session_id: SessionId.nullable(),
  label: z.string(),
  state: TaskState,
  /** Rank in the order in which waiting tasks will be served, from 1; null unless queued. */
  position: z.int().min(1).nullable(),
  /** Why somebody who asked later is served earlier; null while nobody is. */
  moved_back_because: z.string().nullable(),
  /** Units of work that are done, and how many there are; null where that is not known. */
  done: z.int().min(0),
  total: z.int().min(0).nullable(),
  /** Time until it ends, from measured rates; null until there are any, and once it has ended. */
  eta_ms: z.number().min(0).nullable(),
  created_at_ms: z.number(),
  started_at_ms: z.number().nullable(),
  ended_at_ms: z.number().nullable(),
  error: TaskError.nullable(),
  /** Only for those who may fetch it: whoever asked for the task, and who has the User ID itself. */
  result: TaskResult.nullable(),
});
export type TaskView = z.infer<typeof TaskView>;

/** Running tasks first, then waiting ones in the order in which they will be served, then ended ones, newest first. */
export const TaskList = z.object({ tasks: z.array(TaskView) });
export type TaskList = z.infer<typeof TaskList>;

/** Whether nothing will change any more. */
export function isOver({ state }: Pick<TaskView, "state">): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}
