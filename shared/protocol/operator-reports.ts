import { z } from "zod";
import { SessionTechnique } from "./analysis-params.ts";
import { ExportFormat } from "./export-format.ts";

/** What a hub says of itself to whoever runs it. None of it says anything of a user. */

const Count = z.int().min(0);

/** `/health`: alive, from this hub's memory alone. */
export const Health = z.object({
  status: z.enum(["ok", "degraded", "draining"]),
  version: z.string(),
  storage: z.enum(["file", "redis"]),
  /** `ok`, or what is wrong with it. */
  store: z.string(),
  streaming: z.object({ agents: Count, viewers: Count, sessions: Count }),
  execution: z.object({ active_tasks: Count, queued_tasks: Count }),
  capabilities: z.object({
    protocol: z.int(),
    techniques: z.array(SessionTechnique),
    formats: z.array(z.string()),
    exports: z.array(ExportFormat),
  }),
});
export type Health = z.infer<typeof Health>;

/** `/ready`: whether new connections should come here; 503 where not. */
export const ReadyReport = z.object({
  ready: z.boolean(),
  reason: z.string().nullable(),
  warnings: z.array(z.string()),
});
export type ReadyReport = z.infer<typeof ReadyReport>;

export const RunStatus = z.object({ active_tasks: Count, queued_tasks: Count, message: z.string() });
export type RunStatus = z.infer<typeof RunStatus>;

export const Statistics = z.object({
  /** Starts of sessions that were asked for since the hub's start, and how many of them other work held up. */
  attempts: Count,
  blocked: Count,
  currently_processing: Count,
  /** Of all hubs; counted at most every 30 s. */
  store: z.object({ agents: Count, sessions: Count, files: Count, counted_at_ms: z.number() }),
});
export type Statistics = z.infer<typeof Statistics>;
