import { DEFAULT_SWV_PARAMS } from "../../shared/electrochem/swv.ts";
import type { PayloadOf } from "../../shared/protocol/event-maps.ts";
import type { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";

type Requests = typeof VIEWER_REQUESTS;

/** Of the right form, and nobody's: sessions and links with it do not exist. */
const NOBODYS_ID = "abcdefghijklmnopqrstu";

/**
 * One valid request of every kind, without the name of whose data it is about. A new request does not compile
 * until it stands here, and so comes under every test that goes through all of them.
 */
export const SAMPLE_REQUESTS = {
  join: {},
  leave: {},
  list_sessions: {},
  describe_folder: {},
  match_files: { pattern: "swv_{n}.txt" },
  read_folder_file: { name: "swv_1.txt" },
  preview_file: { name: "swv_1.txt", params: DEFAULT_SWV_PARAMS },
  start_analysis_session: { filters: { pattern: "swv_{n}.txt" }, analysisParams: DEFAULT_SWV_PARAMS },
  start_cv_analysis_session: { filters: { pattern: "cv_{n}.txt" }, analysisParams: { method: "tangent" } },
  start_frequency_map_session: { filters: { pattern: "map_{f}Hz.txt" }, analysisParams: {} },
  update_analysis_params: { session_id: NOBODYS_ID, analysisParams: {} },
  rename_session: { session_id: NOBODYS_ID, label: "Serum 3" },
  delete_session: { session_id: NOBODYS_ID },
  stop_analysis_session: { session_id: NOBODYS_ID },
  read_log: { session_id: NOBODYS_ID, since: 0 },
  get_voltammogram: { session_id: NOBODYS_ID, offset: 0 },
  read_raw: { session_id: NOBODYS_ID, offset: 0 },
  watch_traces: { session_id: NOBODYS_ID, traces: [] },
  annotate: { session_id: NOBODYS_ID, change: { do: "remove", note_id: NOBODYS_ID } },
  read_notes: { session_id: NOBODYS_ID },
  set_trend_params: { session_id: NOBODYS_ID, trend_params: {} },
  request_export_data: { format: "csv" },
  request_export_cv_data: { format: "xlsx" },
  request_export_frequency_map_data: { format: "parquet" },
  create_share_link: { role: "view", label: "For the group meeting", expires_in_s: null },
  list_share_links: {},
  list_tasks: {},
  cancel_task: { task_id: NOBODYS_ID },
  revoke_share_link: { link_id: NOBODYS_ID },
} as const satisfies { [Name in keyof Requests]: Omit<PayloadOf<Requests, Name>, "user_id"> };

export const SAMPLE_NAMES = Object.keys(SAMPLE_REQUESTS) as (keyof Requests)[]; // the keys of a const object
