import { z } from "zod";
import { LinkId } from "../../shared/protocol/share-link.ts";
import { TaskError, TaskId, TaskKind, TaskResult } from "../../shared/protocol/task.ts";
import type { UserTag } from "../sessions/user-tag.ts";

/** Tasks as they are stored. */

/** Work that goes through the queue. Catch-up is shared out by credit, on the hub that has the agent. */
export const QueuedKind = TaskKind.exclude(["catch-up"]);
export type QueuedKind = z.infer<typeof QueuedKind>;

/** Made by `userTag` wherever a task is submitted. */
const Tag = z.custom<UserTag>((value) => typeof value === "string" && value.length === 22);

/** What stays the same through a task's whole life. */
const Wish = z.object({
  task_id: TaskId,
  tag: Tag,
  kind: QueuedKind,
  session_id: z.string().nullable(),
  label: z.string(),
  /** The share link through which it was asked for; null for the User ID itself. */
  link: LinkId.nullable(),
  /** Names what is asked for, where asking again is no new task; null: each is one of its own. */
  key: z.string().nullable().default(null),
  /** What its units are, where tasks of its kind differ in that: rates are measured for each alone. */
  unit: z.string().nullable().default(null),
  /** Units of work, as far as they are known beforehand. */
  units: z.int().min(0).nullable(),
  created_at_ms: z.number(),
});

/** One hub's try at a task. Another hub may take the task over, and then this one's token fits no more. */
const Attempt = z.object({
  token: z.string(),
  hub_id: z.string(),
  /** How many tries there have been, this one included, since one got further than those before it. */
  tries: z.int().min(1),
  /** Units that were done when those tries began. */
  from: z.int().min(0),
});
export type Attempt = z.infer<typeof Attempt>;

/** A task that is not over. While it runs this very text is the fence of its attempt: it does not change. */
export const ActiveTask = Wish.extend({
  /** Grows in the order in which tasks were submitted. */
  seq: z.int().min(0),
  /** For its runner alone. */
  payload: z.unknown(),
  /** Null: it waits. */
  started_at_ms: z.number().nullable(),
  /** Null: nobody is at it. Together with a start: a hub has handed it back, and the next free one goes on. */
  attempt: Attempt.nullable(),
});
export type ActiveTask = z.infer<typeof ActiveTask>;

/** How far an attempt is; renewed while it lives, so that a hub's death is noticed. */
export const TaskProgress = z.object({
  token: z.string(),
  beat: z.int().min(0),
  done: z.int().min(0),
  total: z.int().min(0).nullable(),
  eta_ms: z.number().min(0).nullable(),
});
export type TaskProgress = z.infer<typeof TaskProgress>;

/** How a task ended. */
export const Outcome = z.discriminatedUnion("is", [
  z.object({ is: z.literal("done"), result: TaskResult.nullable() }),
  z.object({ is: z.literal("failed"), error: TaskError }),
  z.object({ is: z.literal("cancelled") }),
]);
export type Outcome = z.infer<typeof Outcome>;

export const EndedTask = Wish.extend({
  started_at_ms: z.number().nullable(),
  ended_at_ms: z.number(),
  done: z.int().min(0),
  total: z.int().min(0).nullable(),
  outcome: Outcome,
});
export type EndedTask = z.infer<typeof EndedTask>;
