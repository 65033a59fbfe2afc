import type { z } from "zod";
import type { AGENT_REQUESTS, Bye, HUB_REQUESTS, Registered, ViewerCount } from "./agent-events.ts";
import type { Ack, WireError } from "./errors.ts";
import type { AgentStatus } from "./session.ts";
import type {
  HubStatus,
  LiveAnalysisUpdate,
  SessionStatePush,
  TaskUpdate,
  VIEWER_REQUESTS,
} from "./viewer-events.ts";

/** Socket.IO event maps, derived from the schemas. */

interface Request {
  readonly payload: z.ZodType;
  readonly reply: z.ZodType;
}

/** A table of requests becomes functions: payload, then an acknowledgement that always arrives. */
type Events<Table extends Record<string, Request>> = {
  [Name in keyof Table]: (
    payload: z.input<Table[Name]["payload"]>,
    ack: (reply: Ack<z.output<Table[Name]["reply"]>>) => void,
  ) => void;
};

export type AgentToHub = Events<typeof AGENT_REQUESTS>;
export type ViewerToHub = Events<typeof VIEWER_REQUESTS>;

export type HubToAgent = Events<typeof HUB_REQUESTS> & {
  registered: (message: Registered) => void;
  viewer_count: (message: ViewerCount) => void;
  bye: (message: Bye) => void;
};

export interface HubToViewer {
  live_analysis_update: (message: LiveAnalysisUpdate) => void;
  session_state: (message: SessionStatePush) => void;
  agent_status: (message: AgentStatus) => void;
  task_update: (message: TaskUpdate) => void;
  hub_status: (message: HubStatus) => void;
  bye: (message: Bye) => void;
}

/** What a refused handshake carries (`connect_error`'s `data`). */
export type HandshakeError = WireError;

/** Payload and reply of one request, for callers. */
export type PayloadOf<Table extends Record<string, Request>, Name extends keyof Table> = z.input<
  Table[Name]["payload"]
>;
export type ReplyOf<Table extends Record<string, Request>, Name extends keyof Table> = z.output<
  Table[Name]["reply"]
>;
