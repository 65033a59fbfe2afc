import { z } from "zod";
import { SessionTechnique } from "./analysis-params.ts";
import { FileLabel } from "./file-label.ts";
import { FolderTrouble } from "./folder-trouble.ts";
import {
  MAX_DESCRIPTOR_LENGTH,
  MAX_LISTING_PAGE,
  MAX_OFFERS_PER_PAGE,
  MAX_PART_BYTES,
  MAX_RUNNING_SESSIONS,
} from "./limits.ts";
import { SessionFilters, SessionId } from "./session.ts";

/** Every message between an agent and the hub. */

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "A SHA-256 has 64 lower-case hexadecimal digits.");
/** Agents and hubs are Node programs: bytes arrive as `Buffer`. */
const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const FileSize = z.int().min(0);
const Milliseconds = z.number().min(0);

/** What the hub gives an agent to keep for it: opaque text, from which the hub can restore a session it has lost. */
const Descriptor = z.string().max(MAX_DESCRIPTOR_LENGTH);

/** A session as its agent carries it: the descriptor, and where the log stood by the latest acknowledgement. */
export const CarriedSession = z.object({
  session_id: SessionId,
  descriptor: Descriptor,
  epoch: z.string().max(64).nullable(),
  head: z.int().min(0),
});
export type CarriedSession = z.infer<typeof CarriedSession>;

/** Handshake (`auth`) of an agent. `instance` is random per process: the newest of one key wins. */
export const AgentAuth = z.object({
  role: z.literal("agent"),
  protocol: z.int(),
  agent_key: z.string().min(32).max(128),
  instance: z.string().min(8).max(64),
  name: z.string().min(1).max(100),
  version: z.string().max(40),
  os: z.string().max(100),
  folder: z.string().max(200),
  /** Which folder that is, as a hash: its path stays on the instrument PC. */
  folder_id: z.string().min(1).max(64).optional(),
  /** The sessions that this hub last gave it to carry. */
  sessions: z.array(CarriedSession).max(MAX_RUNNING_SESSIONS).optional(),
  /** Token from the hub's operator, where the hub takes only agents that have one. */
  enrolment: z.string().max(200).optional(),
});
export type AgentAuth = z.infer<typeof AgentAuth>;

/** What an agent may have unacknowledged: an absolute window, so a lost reply cannot leak credit. */
export const Credit = z.object({ files: z.int().min(1), bytes: z.int().min(1) });
export type Credit = z.infer<typeof Credit>;

// Agent → hub

/**
 * One file, or one part of it: `content` is the bytes from `from`. The last part ends at `size`. The hub is the
 * judge of how much it has; parts in the wrong place change nothing and are answered with where to go on.
 */
export const StreamInstrumentData = z.strictObject({
  session_id: SessionId,
  filename: FileLabel,
  sha256: Sha256,
  size: FileSize,
  mtime_ms: Milliseconds,
  from: z.int().min(0),
  /** It was finished while the agent was connected, so it goes before what the folder held already. */
  live: z.boolean().optional(),
  content: Bytes.refine(
    (bytes) => bytes.length <= MAX_PART_BYTES,
    `A part has at most ${MAX_PART_BYTES} bytes.`,
  ),
});
export type StreamInstrumentData = z.infer<typeof StreamInstrumentData>;

const LogPosition = { epoch: z.string(), offset: z.int().min(0), revision: z.int().min(1) };

/** How long the hub had the request, its turn and the disk included: no time of the link. */
const Held = { held_ms: Milliseconds.optional() };

/**
 * `stored` and `duplicate`: the bytes and their entry are durable; the agent owes the file no longer.
 * `partial`: go on at `from`. `rejected`: final, the same bytes will never be taken.
 */
export const StreamReply = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("stored"), ...LogPosition, credit: Credit, ...Held }),
  z.object({ outcome: z.literal("duplicate"), ...LogPosition, credit: Credit, ...Held }),
  z.object({ outcome: z.literal("partial"), from: z.int().min(0), credit: Credit, ...Held }),
  z.object({
    outcome: z.literal("rejected"),
    code: z.string(),
    message: z.string(),
    credit: Credit,
    ...Held,
  }),
]);
export type StreamReply = z.infer<typeof StreamReply>;

/** Files that the agent has and the hub may lack: at the start of a session and after every reconnect. */
export const OfferFiles = z.strictObject({
  session_id: SessionId,
  files: z
    .array(z.strictObject({ name: FileLabel, size: FileSize, mtime_ms: Milliseconds, sha256: Sha256 }))
    .max(MAX_OFFERS_PER_PAGE),
});
export type OfferFiles = z.infer<typeof OfferFiles>;

/** The offered files that the hub lacks, with where to begin each. */
export const OfferReply = z.object({
  wanted: z.array(z.object({ name: z.string(), from: z.int().min(0) })),
  ...Held,
});
export type OfferReply = z.infer<typeof OfferReply>;

/** How the folder stands: counts over all sessions, and why it cannot be read now, if so. The latest wins. */
export const FolderState = z.strictObject({
  seen: z.int().min(0),
  matching: z.int().min(0),
  owed: z.int().min(0),
  /** Absent: the folder can be read, as far as the agent says. */
  trouble: FolderTrouble.optional(),
});
export type FolderState = z.infer<typeof FolderState>;

// Hub → agent

export const Registered = z.object({
  user_id: z.string(),
  /** Address of the viewer, where the operator has set one; else the hub's own address serves it. */
  viewer_url: z.string().nullable(),
  server_time_ms: z.number(),
  max_file_bytes: z.int(),
  credit: Credit,
});
export type Registered = z.infer<typeof Registered>;

/** Take files for this session from now on, and carry it. The same message again replaces the earlier one. */
export const SetFilters = z.object({
  session_id: SessionId,
  descriptor: Descriptor.optional(),
  technique: SessionTechnique,
  filters: SessionFilters,
});
export type SetFilters = z.infer<typeof SetFilters>;
export const SetFiltersReply = z.object({ matching: z.int().min(0) });
export type SetFiltersReply = z.infer<typeof SetFiltersReply>;

/** Carry this session so from now on: its parameters have changed, say. */
export const CarrySession = z.object({ session_id: SessionId, descriptor: Descriptor });
export type CarrySession = z.infer<typeof CarrySession>;

/** Stop taking files for this session, and carrying it; what is still owed to it is dropped. */
export const StopDataStream = z.object({ session_id: SessionId });
export type StopDataStream = z.infer<typeof StopDataStream>;

/** One page of the folder's measurement files in natural order, from the `since`-th. */
export const ListFolder = z.object({ since: z.int().min(0) });
export type ListFolder = z.infer<typeof ListFolder>;
export const ListedFile = z.object({ name: z.string(), size: FileSize, mtime_ms: Milliseconds });
export type ListedFile = z.infer<typeof ListedFile>;
export const ListFolderReply = z.object({
  total: z.int().min(0),
  files: z.array(ListedFile).max(MAX_LISTING_PAGE),
  /** The folder cannot be read now: what is listed is remembered. */
  trouble: FolderTrouble.optional(),
});
export type ListFolderReply = z.infer<typeof ListFolderReply>;

/** Bytes of one file that the agent has just listed. */
export const ReadFilePart = z.object({
  name: z.string(),
  from: z.int().min(0),
  length: z.int().min(1).max(MAX_PART_BYTES),
});
export type ReadFilePart = z.infer<typeof ReadFilePart>;
export const ReadFilePartReply = z.object({ content: Bytes, size: FileSize });
export type ReadFilePartReply = z.infer<typeof ReadFilePartReply>;

/** How many viewers watch this agent now. */
export const ViewerCount = z.object({ viewers: z.int().min(0) });
export type ViewerCount = z.infer<typeof ViewerCount>;

/** The hub's last word on this connection. `retry` false: do not come back. */
export const Bye = z.object({
  code: z.string(),
  message: z.string(),
  retry: z.boolean(),
  retry_after_ms: z.number().min(0),
});
export type Bye = z.infer<typeof Bye>;

/** Requests of an agent: what they carry and what the hub answers. */
export const AGENT_REQUESTS = {
  stream_instrument_data: { payload: StreamInstrumentData, reply: StreamReply },
  /** The same under the name that programs of the SACMES family know for voltammograms with cycles. */
  stream_cv_data: { payload: StreamInstrumentData, reply: StreamReply },
  offer_files: { payload: OfferFiles, reply: OfferReply },
  folder_state: { payload: FolderState, reply: z.null() },
} as const;

/** Requests of the hub to an agent. */
export const HUB_REQUESTS = {
  set_filters: { payload: SetFilters, reply: SetFiltersReply },
  carry_session: { payload: CarrySession, reply: z.null() },
  stop_data_stream: { payload: StopDataStream, reply: z.null() },
  describe_folder: { payload: ListFolder, reply: ListFolderReply },
  preview_file: { payload: ReadFilePart, reply: ReadFilePartReply },
} as const;
