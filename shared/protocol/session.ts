import { z } from "zod";
import { SessionTechnique, StoredParams } from "./analysis-params.ts";
import { FolderTrouble } from "./folder-trouble.ts";

/** One analysis run over one agent's files: what it takes from the folder and how it analyses it. */

export const SessionId = z.string().regex(/^[A-Za-z0-9_-]{12,32}$/);
export type SessionId = z.infer<typeof SessionId>;

/** Which files belong to the session: a name pattern (see name-pattern.ts), never a regex or a glob. */
export const SessionFilters = z.strictObject({ pattern: z.string().min(1).max(200) });
export type SessionFilters = z.infer<typeof SessionFilters>;

export const SessionState = z.enum(["running", "stopped"]);
export type SessionState = z.infer<typeof SessionState>;

/** One set of parameters under its number. Results belong to a file and a version. */
export const ParamsVersion = z.object({ version: z.int().min(1), params: StoredParams });
export type ParamsVersion = z.infer<typeof ParamsVersion>;

/** What is known of a session beside its log. */
export const SessionFacts = z.object({
  session_id: SessionId,
  technique: SessionTechnique,
  label: z.string(),
  filters: SessionFilters,
  /** Of the current version. */
  params: StoredParams,
  version: z.int().min(1),
  /** Files to which the current version could not be applied, because they are no longer kept anywhere. */
  raw_gone: z.int().min(0).default(0),
  /** The version before, which stays readable until the next re-analysis. */
  previous: ParamsVersion.nullable().default(null),
  /** The version that is being made: files that arrive meanwhile get results in both. */
  reanalysis: ParamsVersion.extend({ task_id: z.string() }).nullable().default(null),
  state: SessionState,
  /** ms since 1970, hub's clock. */
  created_at_ms: z.number(),
  stopped_at_ms: z.number().nullable(),
  /** `other-folder`: its agent was started on another one. Null: somebody stopped it, or it runs. */
  stopped_because: z.enum(["other-folder"]).nullable().default(null),
});
export type SessionFacts = z.infer<typeof SessionFacts>;

/** A session as a viewer sees it. */
export const SessionSummary = SessionFacts.extend({
  epoch: z.string(),
  head: z.int().min(0),
  /** Grows with every change of notes and trend settings; 0: there never was one. */
  notes_rev: z.int().min(0),
});
export type SessionSummary = z.infer<typeof SessionSummary>;

/** What the hub knows of an agent, for the viewers that joined its User ID. */
export const AgentStatus = z.object({
  state: z.enum(["online", "offline"]),
  name: z.string(),
  folder: z.string(),
  version: z.string(),
  os: z.string(),
  /** ms since 1970, hub's clock: since when the state holds. */
  since_ms: z.number(),
  /** Counts of the agent's folder; null until it has said. */
  files: z.object({ seen: z.int(), matching: z.int(), owed: z.int() }).nullable(),
  /** Why the agent cannot read its folder, and since when (ms since 1970, hub's clock). Absent: it can. */
  folder_trouble: z.object({ is: FolderTrouble, since_ms: z.number() }).optional(),
});
export type AgentStatus = z.infer<typeof AgentStatus>;
