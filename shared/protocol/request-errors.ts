import type { AGENT_REQUESTS, HUB_REQUESTS } from "./agent-events.ts";
import type { ErrorCode } from "./errors.ts";
import type { VIEWER_REQUESTS } from "./viewer-events.ts";

/** Which errors each request may be answered with. The tests hold every answer that they see against this. */

/** Any request of any connection. */
export const ALWAYS_POSSIBLE = [
  "invalid_message",
  "too_many_requests",
  "store_unavailable",
  "store_full",
  "shutdown",
  "internal",
] as const satisfies readonly ErrorCode[];

/** Any request of a viewer that names what it has joined. */
export const OF_MEMBERS = [
  "user_id_required",
  "invalid_user_id",
  "not_joined",
  "forbidden",
  "expired",
] as const satisfies readonly ErrorCode[];

const REACHING_AGENT = ["agent_offline", "agent_timeout"] as const;
const READING_FOLDER = [...REACHING_AGENT, "folder_empty", "folder_unreadable", "invalid_pattern"] as const;
const READING_FILE = [
  ...REACHING_AGENT,
  "invalid_filename",
  "file_not_listed",
  "file_unreadable",
  "file_too_large",
] as const;
const STARTING = [...REACHING_AGENT, "agent_busy", "invalid_pattern", "too_many_sessions"] as const;
const READING_LOG = ["session_not_found", "epoch_changed", "version_gone"] as const;
const EXPORTING = [...READING_LOG, "unknown_export_format", "too_many_tasks"] as const;
const READING_ENTRY = [
  "session_not_found",
  "not_found",
  "version_gone",
  "raw_gone",
  "too_large",
  "not_a_measurement",
  "unknown_trace",
] as const;

const STREAMING = [
  "invalid_filename",
  "session_not_running",
  "session_not_found",
  "too_many_requests",
  "hash_mismatch",
  "replaced",
  "agent_offline",
] as const;

type ViewerErrors = Readonly<Record<keyof typeof VIEWER_REQUESTS, readonly ErrorCode[]>>;
type AgentErrors = Readonly<Record<keyof typeof AGENT_REQUESTS, readonly ErrorCode[]>>;
type HubErrors = Readonly<Record<keyof typeof HUB_REQUESTS, readonly ErrorCode[]>>;

/** Beside `ALWAYS_POSSIBLE` and, for all but `join`, `OF_MEMBERS`. */
export const VIEWER_REQUEST_ERRORS: ViewerErrors = {
  join: ["user_id_required", "invalid_user_id", "unknown_user_id", "unknown_share_link", "too_many_viewers"],
  leave: [],
  list_sessions: [],
  describe_folder: READING_FOLDER,
  match_files: READING_FOLDER,
  read_folder_file: READING_FILE,
  preview_file: [...READING_FILE, "invalid_pattern", "not_a_measurement"],
  start_analysis_session: STARTING,
  start_cv_analysis_session: STARTING,
  start_frequency_map_session: STARTING,
  stop_analysis_session: ["session_not_found", "agent_timeout"],
  update_analysis_params: ["session_not_found", "too_many_tasks", "revoked"],
  rename_session: ["session_not_found"],
  delete_session: ["session_not_found", "agent_timeout"],
  read_log: READING_LOG,
  get_voltammogram: READING_ENTRY,
  read_raw: READING_ENTRY,
  watch_traces: ["session_not_found"],
  annotate: ["session_not_found", "not_found", "too_many_notes"],
  read_notes: ["session_not_found"],
  set_trend_params: ["session_not_found"],
  request_export_data: EXPORTING,
  request_export_cv_data: EXPORTING,
  request_export_frequency_map_data: EXPORTING,
  create_share_link: ["too_many_share_links", "revoked"],
  list_share_links: [],
  list_tasks: [],
  cancel_task: ["task_not_found", "task_not_cancellable"],
  revoke_share_link: ["not_found"],
};

/** What an agent is answered, beside `ALWAYS_POSSIBLE`; a refusal for good is the outcome `rejected`, no error. */
export const AGENT_REQUEST_ERRORS: AgentErrors = {
  stream_instrument_data: STREAMING,
  stream_cv_data: STREAMING,
  offer_files: ["invalid_filename", "session_not_running", "session_not_found", "agent_offline"],
  folder_state: ["agent_offline"],
};

/** What an agent may answer the hub. */
export const HUB_REQUEST_ERRORS: HubErrors = {
  set_filters: ["invalid_pattern", "too_many_sessions", "invalid_message", "internal"],
  carry_session: ["invalid_message", "unknown_event", "internal"],
  stop_data_stream: ["invalid_message", "internal"],
  describe_folder: ["file_unreadable", "invalid_message", "internal"],
  preview_file: ["file_not_listed", "file_unreadable", "invalid_message", "internal"],
};

/** All errors that a request of a viewer or an agent may be answered with; null: there is no such request. */
export function errorsOf(request: string): ReadonlySet<string> | null {
  const agents = AGENT_REQUEST_ERRORS[request as keyof AgentErrors]; // own keys alone count, see below
  if (Object.hasOwn(AGENT_REQUEST_ERRORS, request)) return new Set([...ALWAYS_POSSIBLE, ...agents]);
  if (!Object.hasOwn(VIEWER_REQUEST_ERRORS, request)) return null;
  const own = VIEWER_REQUEST_ERRORS[request as keyof ViewerErrors];
  return new Set([...ALWAYS_POSSIBLE, ...(request === "join" ? [] : OF_MEMBERS), ...own]);
}
