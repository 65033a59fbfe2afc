import { z } from "zod";
import {
  type AnalysisParams,
  GivenParams,
  paramsSchemaOf,
  SessionTechnique,
  StoredParams,
} from "./analysis-params.ts";
import { ExportReply, RequestExport } from "./export-request.ts";
import { FileLabel } from "./file-label.ts";
import { MAX_LOG_PAGE, MAX_MATCHED_PAGE, MAX_WATCHED_TRACES } from "./limits.ts";
import { Note, NoteChange } from "./note.ts";
import type { WireBytes } from "./numeric-table.ts";
import { AgentStatus, SessionFilters, SessionId, SessionState, SessionSummary } from "./session.ts";
import { AccessRole, LinkId, ShareLink, ShareLinkWish } from "./share-link.ts";
import { TaskId, TaskList, TaskView } from "./task.ts";
import { TrendParams } from "./trend-params.ts";
import { VoltammogramPack } from "./voltammogram.ts";

/**
 * Every message between a viewer and the hub. A viewer names what it has joined, as `join` told it; the hub checks
 * that this very socket has.
 */

/** Handshake (`auth`) of a viewer: no access until `join` succeeds. */
export const ViewerAuth = z.object({ role: z.literal("viewer").default("viewer"), protocol: z.int() });
export type ViewerAuth = z.infer<typeof ViewerAuth>;

const Bytes = z.custom<WireBytes>((value) => value instanceof Uint8Array || value instanceof ArrayBuffer);

/** A User ID as typed or pasted (the hub reads it as forgivingly as the viewer does), or a share link's handle. */
const UserIdText = z.string().max(500);
const Owner = { user_id: UserIdText };

/** By User ID or by the secret of a share link. */
export const Join = z
  .strictObject({ user_id: UserIdText.optional(), share_token: z.string().max(500).optional() })
  .refine(
    ({ user_id, share_token }) => (user_id === undefined) !== (share_token === undefined),
    "Give either user_id or share_token.",
  );
export type Join = z.infer<typeof Join>;
export const JoinReply = z.object({
  /**
   * How all later requests name what was joined: the User ID, or for a share link a handle that means nothing
   * elsewhere. Whoever came by a link never receives the User ID.
   */
  user_id: z.string(),
  role: AccessRole,
  /** The share link that opened this; null where the User ID did. */
  link: z.object({ expires_at_ms: z.number().nullable() }).nullable(),
  agent: AgentStatus,
  sessions: z.array(SessionSummary),
  tasks: z.array(TaskView),
});
export type JoinReply = z.infer<typeof JoinReply>;

/** Requests that name nothing but the joined User ID. */
export const OwnerOnly = z.strictObject(Owner);
export type OwnerOnly = z.infer<typeof OwnerOnly>;

export const SessionList = z.object({ sessions: z.array(SessionSummary) });
export type SessionList = z.infer<typeof SessionList>;

/** One way to analyse a part of the agent's folder. */
export const Proposal = z.object({
  technique: SessionTechnique,
  filters: SessionFilters,
  params: StoredParams,
  /** "SWV, 8 frequencies 30 to 100 Hz, 2 electrodes, 80 files" */
  summary: z.string(),
  files: z.int().min(1),
  electrodes: z.array(z.int()),
  frequencies_hz: z.array(z.number()),
  /** A file of the proposal, for its preview. */
  sample: z.string(),
  /** Files whose content was looked at; the others are expected to be like them. */
  looked: z.int().min(0),
  /** When scans were taken: by the instrument's clock, the files' times, or only in which order. */
  time_axis: z.enum(["instrument", "file", "number"]),
  /** What is unclear or strange, as sentences for a person. */
  remarks: z.array(z.string()),
  /** The running session that already takes these files, if any. */
  running: SessionId.nullable(),
});
export type Proposal = z.infer<typeof Proposal>;

/** Files of the folder that no proposal covers, and why; at most a few names of each kind. */
export const LeftOut = z.object({
  reason: z.string(),
  files: z.int().min(1),
  examples: z.array(z.string()),
  /** Of text tables that a person may describe: the pattern of their names, and one of them; else null. */
  pattern: z.string().nullable(),
  sample: z.string().nullable(),
});
export type LeftOut = z.infer<typeof LeftOut>;

export const DescribeFolderReply = z.object({
  folder: z.string(),
  files: z.int().min(0),
  proposals: z.array(Proposal),
  left_out: z.array(LeftOut),
});
export type DescribeFolderReply = z.infer<typeof DescribeFolderReply>;

/** Which files of the folder a pattern matches, as the agent listed them last; the first page by default. */
export const MatchFiles = z.strictObject({
  ...Owner,
  pattern: SessionFilters.shape.pattern,
  since: z.int().min(0).default(0),
  limit: z.int().min(1).max(MAX_MATCHED_PAGE).default(20),
});
export type MatchFiles = z.input<typeof MatchFiles>;
export const MatchFilesReply = z.object({
  /** Files of the folder. */
  total: z.int().min(0),
  matching: z.int().min(0),
  /** Matching ones from `since` on, in natural order. */
  names: z.array(z.string()),
});
export type MatchFilesReply = z.infer<typeof MatchFilesReply>;

/** The first bytes of one file of the folder, so that its table can be described by looking. */
export const ReadFolderFile = z.strictObject({ ...Owner, name: FileLabel });
export type ReadFolderFile = z.infer<typeof ReadFolderFile>;
/** `content` is cut after 256 KiB; `size` is the file's. */
export const ReadFolderFileReply = z.object({ content: Bytes, size: z.int().min(0) });
export type ReadFolderFileReply = z.infer<typeof ReadFolderFileReply>;

/** Parameters as the schema of their technique reads them; what is wrong is reported at `field`. */
function readParams(
  technique: SessionTechnique,
  given: GivenParams,
  context: z.core.$RefinementCtx,
  field: string,
): AnalysisParams {
  const read = paramsSchemaOf(technique).safeParse(given);
  if (read.success) return read.data;
  for (const { path, message } of read.error.issues)
    context.addIssue({ code: "custom", path: [field, ...path], message });
  return z.NEVER;
}

/** Looks at one file of the folder with the given parameters, before a session exists. */
export const PreviewFile = z
  .strictObject({
    ...Owner,
    name: FileLabel,
    technique: SessionTechnique.default("swv"),
    params: GivenParams,
    /** Tells what the parts of the name mean; absent: the name means nothing. */
    pattern: SessionFilters.shape.pattern.optional(),
  })
  .transform((wish, context) => ({
    ...wish,
    params: readParams(wish.technique, wish.params, context, "params"),
  }));
export type PreviewFile = z.infer<typeof PreviewFile>;
export const PreviewFileReply = z.object({
  voltammograms: VoltammogramPack,
  warnings: z.array(z.string()),
});
export type PreviewFileReply = z.infer<typeof PreviewFileReply>;

/**
 * The three start requests differ in the technique that they mean when none is named. `user_id` may be left out of
 * the message so that the hub can say so in words that labs know.
 */
function startRequest(usual: SessionTechnique) {
  return z
    .strictObject({
      user_id: UserIdText.optional(),
      technique: SessionTechnique.default(usual),
      filters: SessionFilters,
      analysisParams: GivenParams,
      label: z.string().trim().max(100).optional(),
    })
    .transform((wish, context) => ({
      ...wish,
      analysisParams: readParams(wish.technique, wish.analysisParams, context, "analysisParams"),
    }));
}
export const StartAnalysisSession = startRequest("swv");
export type StartAnalysisSession = z.output<typeof StartAnalysisSession>;
export const StartReply = z.object({ session: SessionSummary, matching: z.int().min(0) });
export type StartReply = z.infer<typeof StartReply>;

export const OneSession = z.strictObject({ ...Owner, session_id: SessionId });
export type OneSession = z.infer<typeof OneSession>;

/** `agent_stopped` false: the agent is offline and will learn of it when it returns. */
export const StopReply = z.object({ session: SessionSummary, agent_stopped: z.boolean() });
export type StopReply = z.infer<typeof StopReply>;

/**
 * Applies other parameters to every file of a session, as a task that makes a new version. What is left out gets the
 * default, not the value of before.
 */
export const UpdateAnalysisParams = z.strictObject({
  ...Owner,
  session_id: SessionId,
  analysisParams: GivenParams,
});
export type UpdateAnalysisParams = z.infer<typeof UpdateAnalysisParams>;
export const UpdateParamsReply = z.object({ task: TaskView });
export type UpdateParamsReply = z.infer<typeof UpdateParamsReply>;

export const RenameSession = z.strictObject({
  ...Owner,
  session_id: SessionId,
  label: z.string().trim().min(1).max(100),
});
export type RenameSession = z.infer<typeof RenameSession>;

export const ReadLog = z.strictObject({
  ...Owner,
  session_id: SessionId,
  /** Epoch of the position `since`; absent with the first page. Another epoch is answered with `epoch_changed`. */
  epoch: z.string().max(64).optional(),
  version: z.int().min(1).optional(),
  since: z.int().min(0),
  limit: z.int().min(1).max(MAX_LOG_PAGE).default(MAX_LOG_PAGE),
});
export type ReadLog = z.input<typeof ReadLog>;

/** Something to say of one file: why it was not analysed, or a warning. */
export const EntryNote = z.object({
  offset: z.int().min(0),
  code: z.string(),
  message: z.string(),
  line: z.int().min(1).nullable(),
});
export type EntryNote = z.infer<typeof EntryNote>;

/** Consecutive entries from `since`, with their results: see log-tables.ts. `names[i]` belongs to entry row i. */
export const LogPart = z.object({
  session_id: SessionId,
  /** Says which table the results are of: `resultTableOf`. */
  technique: SessionTechnique,
  epoch: z.string(),
  version: z.int().min(1),
  since: z.int().min(0),
  /** Offset after the last entry of this part. */
  next: z.int().min(0),
  /** Offset after the last entry of the log. */
  head: z.int().min(0),
  names: z.array(z.string()),
  entries: Bytes,
  results: Bytes,
  notes: z.array(EntryNote),
});
export type LogPart = z.infer<typeof LogPart>;

export const GetVoltammogram = z.strictObject({
  ...Owner,
  session_id: SessionId,
  offset: z.int().min(0),
  electrode: z.int().min(0).optional(),
  /** The current one when absent; the one before is there until the next re-analysis. */
  version: z.int().min(1).optional(),
});
export type GetVoltammogram = z.infer<typeof GetVoltammogram>;
/** One per scan and electrode of the file, or of the one electrode that was asked for. */
export const GetVoltammogramReply = z.object({ voltammograms: VoltammogramPack });
export type GetVoltammogramReply = z.infer<typeof GetVoltammogramReply>;

/** The instrument's own file, so that the viewer can try other parameters on it with the hub's own code. */
export const ReadRaw = z.strictObject({ ...Owner, session_id: SessionId, offset: z.int().min(0) });
export type ReadRaw = z.infer<typeof ReadRaw>;
export const ReadRawReply = z.object({ name: z.string(), content: Bytes });
export type ReadRawReply = z.infer<typeof ReadRawReply>;

/** Curves that this viewer wants pushed with the results; replaces the earlier list. */
export const WatchTraces = z.strictObject({
  ...Owner,
  session_id: SessionId,
  traces: z
    .array(z.strictObject({ electrode: z.int(), frequency_hz: z.number().nullable() }))
    .max(MAX_WATCHED_TRACES),
});
export type WatchTraces = z.infer<typeof WatchTraces>;

/** One change of the session's notes; see note.ts. */
export const Annotate = z.strictObject({ ...Owner, session_id: SessionId, change: NoteChange });
export type Annotate = z.input<typeof Annotate>;
export const AnnotateReply = z.object({ notes_rev: z.int().min(1), note: Note });
export type AnnotateReply = z.infer<typeof AnnotateReply>;

/** Notes that changed since `since_rev` (0: all there are), removed ones among them. */
export const ReadNotes = z.strictObject({
  ...Owner,
  session_id: SessionId,
  since_rev: z.int().min(0).default(0),
});
export type ReadNotes = z.input<typeof ReadNotes>;
/** A `notes_rev` below `since_rev` means that the store lost notes: then these are all there are. */
export const ReadNotesReply = z.object({
  notes_rev: z.int().min(0),
  notes: z.array(Note),
  trend_params: TrendParams,
});
export type ReadNotesReply = z.infer<typeof ReadNotesReply>;

export const SetTrendParams = z.strictObject({ ...Owner, session_id: SessionId, trend_params: TrendParams });
export type SetTrendParams = z.input<typeof SetTrendParams>;
export const SetTrendParamsReply = z.object({ notes_rev: z.int().min(1) });
export type SetTrendParamsReply = z.infer<typeof SetTrendParamsReply>;

export const CreateShareLink = ShareLinkWish.extend(Owner);
export type CreateShareLink = z.infer<typeof CreateShareLink>;
/** `token` is shown this once; the hub keeps only its hash. */
export const CreateShareLinkReply = z.object({ link: ShareLink, token: z.string() });
export type CreateShareLinkReply = z.infer<typeof CreateShareLinkReply>;

/** Links that are open, newest first; through a link only those that were made through it. */
export const ShareLinkList = z.object({ links: z.array(ShareLink) });
export type ShareLinkList = z.infer<typeof ShareLinkList>;

/** Ends a link and every link made through it, for connected viewers too. */
export const RevokeShareLink = z.strictObject({ ...Owner, link_id: LinkId });
export type RevokeShareLink = z.infer<typeof RevokeShareLink>;

/** Removes a task that is not over. Answered with how it stands now, also when it was over before. */
export const CancelTask = z.strictObject({ ...Owner, task_id: TaskId });
export type CancelTask = z.infer<typeof CancelTask>;

// Hub → viewer

/** How a task stands: at every change, at most once a second. */
export const TaskUpdate = z.object({ task: TaskView });
export type TaskUpdate = z.infer<typeof TaskUpdate>;

/** A hint: what a viewer misses here it reads from the log. `curves` only of watched traces. */
export const LiveAnalysisUpdate = LogPart.extend({ curves: VoltammogramPack });
export type LiveAnalysisUpdate = z.infer<typeof LiveAnalysisUpdate>;

/**
 * Whether the hub can store and read, since when (its clock, ms since 1970). Until it is told a viewer takes it that
 * the hub can.
 */
export const HubStatus = z.object({ state: z.enum(["ok", "degraded"]), since_ms: z.number() });
export type HubStatus = z.infer<typeof HubStatus>;

/** Where a session stands: at every change, at most once a second. */
export const SessionStatePush = z.object({
  session_id: SessionId,
  state: SessionState,
  epoch: z.string(),
  version: z.int().min(1),
  head: z.int().min(0),
  /** Another one than the viewer knows: `read_notes`. */
  notes_rev: z.int().min(0),
});
export type SessionStatePush = z.infer<typeof SessionStatePush>;

/** Requests of a viewer: what they carry and what the hub answers. */
export const VIEWER_REQUESTS = {
  join: { payload: Join, reply: JoinReply },
  leave: { payload: OwnerOnly, reply: z.null() },
  list_sessions: { payload: OwnerOnly, reply: SessionList },
  describe_folder: { payload: OwnerOnly, reply: DescribeFolderReply },
  preview_file: { payload: PreviewFile, reply: PreviewFileReply },
  match_files: { payload: MatchFiles, reply: MatchFilesReply },
  read_folder_file: { payload: ReadFolderFile, reply: ReadFolderFileReply },
  start_analysis_session: { payload: StartAnalysisSession, reply: StartReply },
  start_cv_analysis_session: { payload: startRequest("cv"), reply: StartReply },
  start_frequency_map_session: { payload: startRequest("frequency-map"), reply: StartReply },
  stop_analysis_session: { payload: OneSession, reply: StopReply },
  update_analysis_params: { payload: UpdateAnalysisParams, reply: UpdateParamsReply },
  rename_session: { payload: RenameSession, reply: SessionSummary },
  delete_session: { payload: OneSession, reply: z.null() },
  read_log: { payload: ReadLog, reply: LogPart },
  get_voltammogram: { payload: GetVoltammogram, reply: GetVoltammogramReply },
  read_raw: { payload: ReadRaw, reply: ReadRawReply },
  watch_traces: { payload: WatchTraces, reply: z.null() },
  annotate: { payload: Annotate, reply: AnnotateReply },
  read_notes: { payload: ReadNotes, reply: ReadNotesReply },
  set_trend_params: { payload: SetTrendParams, reply: SetTrendParamsReply },
  request_export_data: { payload: RequestExport, reply: ExportReply },
  request_export_cv_data: { payload: RequestExport, reply: ExportReply },
  request_export_frequency_map_data: { payload: RequestExport, reply: ExportReply },
  create_share_link: { payload: CreateShareLink, reply: CreateShareLinkReply },
  list_share_links: { payload: OwnerOnly, reply: ShareLinkList },
  list_tasks: { payload: OwnerOnly, reply: TaskList },
  cancel_task: { payload: CancelTask, reply: TaskView },
  revoke_share_link: { payload: RevokeShareLink, reply: z.null() },
} as const;
