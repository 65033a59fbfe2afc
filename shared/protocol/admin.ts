import { z } from "zod";
import { SessionId } from "./session.ts";
import { TaskId } from "./task.ts";

/** What the admin page asks of a hub. IDs appear as their keyed hash alone; only `lookup` is given a User ID. */

/** Hashed User ID, as it stands in the log. */
const Tag = z.string().regex(/^[\w-]{22}$/);

export const ADMIN_ACTIONS = {
  disconnect_agent: z.strictObject({ tag: Tag }),
  disconnect_viewer: z.strictObject({ viewer_id: z.string().min(1).max(64) }),
  cancel_task: z.strictObject({ tag: Tag, task_id: TaskId }),
  back_up: z.strictObject({}),
  drain: z.strictObject({}),
  /** A User ID in any spelling, or a hash as it stands in the log. */
  lookup: z.strictObject({ text: z.string().max(100) }),
} as const;

export type AdminAction = keyof typeof ADMIN_ACTIONS;

const Count = z.int().min(0);

export const AdminAgent = z.object({
  tag: Tag,
  name: z.string(),
  since_ms: z.number(),
  version: z.string(),
  sessions: Count,
  viewers: Count,
  /** Files that it sees, has sent and owes; null until it has said. */
  files: z.object({ seen: Count, matching: Count, owed: Count }).nullable(),
});

export const AdminViewer = z.object({
  viewer_id: z.string(),
  /** Whose data it sees; null: it has joined nothing. */
  tag: Tag.nullable(),
  address: z.string(),
  since_ms: z.number(),
});

export const AdminSession = z.object({
  session_id: SessionId,
  tag: Tag,
  label: z.string(),
  technique: z.string(),
  files: Count,
  created_at_ms: z.number(),
});

export const AdminTask = z.object({
  task_id: TaskId,
  kind: z.string(),
  label: z.string(),
  tag: Tag,
  state: z.string(),
  /** Rank among those that wait; null once it runs. */
  position: z.number().nullable(),
  /** From its submission until it began, or until now. */
  waited_ms: z.number(),
  eta_ms: z.number().nullable(),
});

/** One hub at this moment. `numbers` are those of `/metrics`, by the same names. */
export const AdminState = z.object({
  hub: z.object({
    hub_id: z.string(),
    version: z.string(),
    storage: z.enum(["file", "redis"]),
    started_at_ms: z.number(),
    now_ms: z.number(),
    /** Why it takes nobody new; null: it does. */
    not_ready: z.string().nullable(),
    warnings: z.array(z.string()),
    can_back_up: z.boolean(),
  }),
  numbers: z.record(z.string(), z.number()),
  refusals: z.array(z.object({ code: z.string(), count: Count })),
  /** Files in each of the last 60 minutes, oldest first. */
  files_per_minute: z.array(z.number()),
  waits_by_hour: z.array(
    z.object({ hour_ms: z.number(), count: Count, mean_ms: z.number(), longest_ms: z.number() }),
  ),
  agents: z.array(AdminAgent),
  viewers: z.array(AdminViewer),
  sessions: z.array(AdminSession),
  tasks: z.array(AdminTask),
  /** Agents per hub, as the map of agents says. */
  hubs: z.array(z.object({ hub_id: z.string(), agents: Count, this_hub: z.boolean() })),
});
export type AdminState = z.infer<typeof AdminState>;

/** Who that is; `agent` null: not connected to this hub. */
export const AdminLookup = z.object({
  tag: Tag,
  /** What the store knows, wherever the agent is connected; null: nobody of that ID was ever here. */
  known: z
    .object({ name: z.string(), state: z.enum(["online", "offline"]), since_ms: z.number() })
    .nullable(),
  agent: AdminAgent.nullable(),
});
export type AdminLookup = z.infer<typeof AdminLookup>;

/** What an action did, in words. */
export const AdminDone = z.object({ done: z.string() });
export type AdminDone = z.infer<typeof AdminDone>;
