import { z } from "zod";
import { DEFAULT_SWV_PARAMS } from "../electrochem/swv.ts";

/** One analysis run over one agent's files: what it takes from the folder and how it analyses it. */

export const SessionId = z.string().regex(/^[A-Za-z0-9_-]{12,32}$/);
export type SessionId = z.infer<typeof SessionId>;

/** Techniques that a session can ask for. */
export const SessionTechnique = z.enum(["swv"]);
export type SessionTechnique = z.infer<typeof SessionTechnique>;

/** Which files belong to the session: a name pattern (see name-pattern.ts), never a regex or a glob. */
export const SessionFilters = z.strictObject({ pattern: z.string().min(1).max(200) });
export type SessionFilters = z.infer<typeof SessionFilters>;

// The cast only makes the tuple readonly for the compiler: `.readonly()` freezes whatever came, and throws where
// bytes came in the place of a window.
const PotentialWindow = z
  .tuple([z.number().min(-20).max(20), z.number().min(-20).max(20)])
  .refine(([low, high]) => low < high, "The lower potential must come first.") as z.ZodType<
  readonly [number, number],
  readonly [number, number]
>;

/**
 * Parameters of a SWV analysis (`hull`); potentials in V, frequencies in Hz. `auto` is resolved once, on the
 * session's first scan, and the choice is written here: a smoothing window that changes from scan to scan bends
 * the trend.
 */
export const SwvAnalysisParams = z.strictObject({
  method: z.literal("hull").default(DEFAULT_SWV_PARAMS.method),
  direction: z.enum(["up", "down", "auto"]).default(DEFAULT_SWV_PARAMS.direction),
  /** Savitzky–Golay window in samples, odd. */
  sg_points: z
    .union([
      z.literal("auto"),
      z
        .int()
        .min(3)
        .max(999)
        .refine((n) => n % 2 === 1, "The number of points must be odd."),
    ])
    .default(DEFAULT_SWV_PARAMS.sg_points),
  sg_degree: z.int().min(0).max(6).default(DEFAULT_SWV_PARAMS.sg_degree),
  skip_start: z.int().min(0).max(50).default(DEFAULT_SWV_PARAMS.skip_start),
  min_snr: z.number().min(0).max(1_000).default(DEFAULT_SWV_PARAMS.min_snr),
  /** Frequencies up to this use `low_window`, higher ones `high_window`. */
  cutoff_hz: z.number().min(0).max(1e6).default(DEFAULT_SWV_PARAMS.cutoff_hz),
  low_window: PotentialWindow.nullable().default(null),
  high_window: PotentialWindow.nullable().default(null),
  /** Where the peak may be; null: anywhere. */
  peak_window: PotentialWindow.nullable().default(null),
});
export type SwvAnalysisParams = z.infer<typeof SwvAnalysisParams>;

export const SessionState = z.enum(["running", "stopped"]);
export type SessionState = z.infer<typeof SessionState>;

/** A session as a viewer sees it. */
export const SessionSummary = z.object({
  session_id: SessionId,
  technique: SessionTechnique,
  label: z.string(),
  filters: SessionFilters,
  params: SwvAnalysisParams,
  version: z.int().min(1),
  state: SessionState,
  /** ms since 1970, hub's clock. */
  created_at_ms: z.number(),
  stopped_at_ms: z.number().nullable(),
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
});
export type AgentStatus = z.infer<typeof AgentStatus>;
