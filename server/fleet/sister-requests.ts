import { z } from "zod";
import { AgentStatus, SessionId } from "../../shared/protocol/session.ts";
import { TaskId } from "../../shared/protocol/task.ts";
import { WatchTraces } from "../../shared/protocol/viewer-events.ts";

/** Every message between the hubs of one Redis. Hubs of two versions meet while they are replaced one by one. */

const Tag = z.string().min(1).max(64);
const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** To the hub that holds the agent: pass this on. The answer is checked by whoever asked. */
export const AskAgent = z.object({
  tag: Tag,
  event: z.enum(["describe_folder", "preview_file"]),
  payload: z.unknown(),
});

export const OneSession = z.object({ tag: Tag, session_id: SessionId });

/** To the hub that held the agent: it has registered elsewhere. `nonce` is the registration that is over. */
export const RetireAgent = z.object({ tag: Tag, nonce: z.string(), instance: z.string() });

/** To the hub that holds the agent: so many watch it here, and these curves they want to see live. */
export const TellAudience = z.object({
  tag: Tag,
  hub_id: z.string(),
  viewers: z.int().min(0),
  traces: z.array(z.object({ session_id: SessionId, traces: WatchTraces.shape.traces })),
});
export type TellAudience = z.infer<typeof TellAudience>;

/** How the agent stands, and how many watch it at all hubs together; an older hub does not count them. */
const HeardAudience = z.object({ status: AgentStatus.nullable(), viewers: z.int().min(0).optional() });

/** A part of a file that the asked hub may keep: from a byte on, a part's length of it. */
export const ReadRaw = z.object({
  log: z.templateLiteral([z.string(), "/", z.string()]),
  offset: z.int(),
  from: z.int(),
});
export const RawPart = z.object({ size: z.int(), content: Bytes });

/** A part of a finished export that the asked hub may have made: from a byte on, a part's length of it. */
export const ReadExportFile = z.object({
  tag: Tag,
  session_id: SessionId,
  task_id: TaskId,
  from: z.int().min(0),
});

/** Answered by one hub. */
export const SISTER_REQUESTS = {
  ask_agent: { payload: AskAgent, reply: z.unknown() },
  take_session: { payload: OneSession, reply: z.object({ matching: z.int() }) },
  drop_session: { payload: OneSession, reply: z.object({ agent_stopped: z.boolean() }) },
  retire_agent: { payload: RetireAgent, reply: z.null() },
  tell_audience: { payload: TellAudience, reply: HeardAudience },
  read_raw: { payload: ReadRaw, reply: RawPart.nullable() },
  read_export: { payload: ReadExportFile, reply: RawPart.nullable() },
} as const;
export type SisterRequests = typeof SISTER_REQUESTS;

/** To all hubs, answered by none: hints, whose loss is made up for within seconds. */
export const SISTER_NEWS = {
  sessions_changed: z.object({ tag: Tag }),
  /** A share link of this agent was revoked. */
  links_changed: z.object({ tag: Tag }),
} as const;
export type SisterNews = typeof SISTER_NEWS;
