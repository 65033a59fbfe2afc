import type { AGENT_REQUESTS, HUB_REQUESTS } from "../../shared/protocol/agent-events.ts";
import type { HubToAgent, HubToViewer } from "../../shared/protocol/event-maps.ts";
import type { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";

/** What each event is for, in a sentence. An event without one does not compile. */

export const VIEWER_WORDS: Readonly<Record<keyof typeof VIEWER_REQUESTS, string>> = {
  join: "Become a viewer of the agent that a User ID or a share link names; leaves the one joined before.",
  leave: "Be nobody's viewer again.",
  list_sessions: "All sessions of the agent, running and stopped.",
  describe_folder: "Look at the agent's folder and propose sessions.",
  match_files: "Which files of the folder a name pattern takes.",
  read_folder_file: "The first 256 KiB of a file of the folder.",
  preview_file: "Analyse one file of the folder with these parameters, before there is a session.",
  start_analysis_session: "Start a session (square wave unless `technique` says otherwise).",
  start_cv_analysis_session: "The same for cyclic voltammetry.",
  start_frequency_map_session: "The same for a frequency map.",
  stop_analysis_session: "Stop a session; twice is once. It keeps its log.",
  update_analysis_params:
    "Analyse every file of a session anew with other parameters, as a task that makes a new version.",
  rename_session: "Give a session another label.",
  delete_session: "Remove a session with everything in it.",
  read_log: "A page of the log from `since` on. The only reliable way to results: pushes are hints.",
  get_voltammogram: "The curves of one file: raw, smoothed, baseline, peak.",
  read_raw: "The instrument's own file.",
  watch_traces: "Curves to be pushed with new results; replaces the earlier list.",
  annotate: "Add, edit, remove or restore a note, an injection or an exclusion.",
  read_notes: "Notes and trend settings, as far as they changed since `since_rev`.",
  set_trend_params: "Change how trends are derived. Nothing is computed anew on the hub.",
  request_export_data:
    "A short-lived link to a session's results as a file, or the task that makes it where that takes long (the newest session of no other technique when none is named).",
  request_export_cv_data: "The same; unnamed it is the newest of cyclic or linear sweeps.",
  request_export_frequency_map_data: "The same; unnamed it is the newest frequency map.",
  create_share_link: "Make a link for others. Its token is shown this once.",
  list_share_links: "Open links; through a link those that were made through it.",
  list_tasks: "Long work of this agent: what runs, what waits at which place, what ended.",
  cancel_task: "Remove a task that is not over.",
  revoke_share_link: "End a link, every link made through it, and their connections.",
};

export const AGENT_WORDS: Readonly<Record<keyof typeof AGENT_REQUESTS, string>> = {
  stream_instrument_data: "A file, or one part of it. The hub says how much it has.",
  stream_cv_data: "The same under another name; the session says what the file is analysed as.",
  offer_files: "Files that the agent has; the hub says which of them it lacks.",
  folder_state: "Counts of the folder, and why it cannot be read, if so; the latest wins.",
};

export const HUB_WORDS: Readonly<Record<keyof typeof HUB_REQUESTS, string>> = {
  set_filters: "Take files for this session from now on.",
  carry_session: "Keep this descriptor of a session for the hub.",
  stop_data_stream: "Take no more files for this session; what is owed to it is dropped.",
  describe_folder: "A page of the folder's measurement files.",
  preview_file: "A part of a file that was just listed.",
};

export const TO_AGENT_WORDS: Readonly<Record<Exclude<keyof HubToAgent, keyof typeof HUB_REQUESTS>, string>> =
  {
    registered: "The agent has its place.",
    viewer_count: "How many watch it now.",
    bye: "The hub's last word on this connection; `retry` false: do not come back.",
  };

export const TO_VIEWER_WORDS: Readonly<Record<keyof HubToViewer, string>> = {
  live_analysis_update:
    "New results, one push a session and flush. Dropped for a viewer that is not ready to be written to.",
  session_state:
    "Where a session stands: at every change, at most once a second. A `head` above what the viewer has: `read_log`; another `notes_rev`: `read_notes`.",
  agent_status: "Whether the agent is here and how its folder stands.",
  task_update: "How a task stands: at every change, at most once a second.",
  hub_status:
    "Whether the hub reaches its storage: while it does not, nothing is taken, and what is shown stands still.",
  bye: "The hub's last word on this connection; `retry` false: do not come back.",
};
