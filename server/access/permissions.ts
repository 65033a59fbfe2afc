import type { AGENT_REQUESTS } from "../../shared/protocol/agent-events.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { AccessRole } from "../../shared/protocol/share-link.ts";
import type { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";

/** Who asks: a viewer that has joined nothing yet, one that has (by its role), or a registered agent. */
export type Party = "visitor" | AccessRole | "agent";

export type RequestName = keyof typeof VIEWER_REQUESTS | keyof typeof AGENT_REQUESTS;

const ANY_VIEWER = ["visitor", "view", "control"] as const;
/** Who sees one agent's data: to watch and to take the numbers along. */
const WATCH = ["view", "control"] as const;
/** What changes something, reaches into the agent's folder, or gives access to others. */
const CONTROL = ["control"] as const;
const AGENT = ["agent"] as const;

/** Who may send which request. The one place where that is said; a request without a row does not compile. */
export const PERMISSIONS = {
  join: ANY_VIEWER,
  leave: WATCH,
  list_sessions: WATCH,
  read_log: WATCH,
  get_voltammogram: WATCH,
  read_raw: WATCH,
  watch_traces: WATCH,
  read_notes: WATCH,
  request_export_data: WATCH,
  request_export_cv_data: WATCH,
  request_export_frequency_map_data: WATCH,
  list_tasks: WATCH,
  /** A view link's own exports alone: its handler looks. */
  cancel_task: WATCH,
  describe_folder: CONTROL,
  preview_file: CONTROL,
  match_files: CONTROL,
  read_folder_file: CONTROL,
  start_analysis_session: CONTROL,
  start_cv_analysis_session: CONTROL,
  start_frequency_map_session: CONTROL,
  stop_analysis_session: CONTROL,
  update_analysis_params: CONTROL,
  rename_session: CONTROL,
  delete_session: CONTROL,
  annotate: CONTROL,
  set_trend_params: CONTROL,
  create_share_link: CONTROL,
  list_share_links: CONTROL,
  revoke_share_link: CONTROL,
  stream_instrument_data: AGENT,
  stream_cv_data: AGENT,
  offer_files: AGENT,
  folder_state: AGENT,
} as const satisfies Record<RequestName, readonly Party[]>;

/** Requests that need no membership: their handlers get no `Access`. */
export type OpenRequest = {
  [Name in RequestName]: "visitor" extends (typeof PERMISSIONS)[Name][number] ? Name : never;
}[RequestName];

export function isPermitted(party: Party, request: RequestName): boolean {
  const parties: readonly Party[] = PERMISSIONS[request];
  return parties.includes(party);
}

/** @throws RequestError not_joined for a visitor, forbidden for everyone else who may not */
export function assertPermitted(party: Party, request: RequestName): void {
  if (isPermitted(party, request)) return;
  throw new RequestError(party === "visitor" ? "not_joined" : "forbidden");
}
