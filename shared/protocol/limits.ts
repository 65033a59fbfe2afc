/** Every limit of the protocol, with its arithmetic. Limits that an operator may change are in server/config.ts. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Version of this protocol; both sides send it in the handshake and refuse another. */
export const PROTOCOL_VERSION = 1;

/** A part takes about a second on the link (pings queue behind it), so it starts small and grows to this. */
export const FIRST_PART_BYTES = 16 * KIB;
export const MAX_PART_BYTES = 256 * KIB;

/**
 * One Socket.IO message: a page of 500 offers is the largest from an agent (500 × (255 name + 64 hash + 40
 * numbers and keys ≈ 420 B) = 205 KiB), a part of 256 KiB the largest of all; doubled for framing and for names
 * in a script of three bytes a character. A larger message closes the connection (WebSocket close code 1009).
 */
export const MAX_MESSAGE_BYTES = 1 * MIB;

/** Longest file label, in UTF-16 units: what common file systems allow for one name, with a few folders before it. */
export const MAX_LABEL_LENGTH = 512;
export const MAX_OFFERS_PER_PAGE = 500;
/** Names in one page of a folder listing: 1,000 × ≈ 120 B is half a second at 2 Mbit/s. */
export const MAX_LISTING_PAGE = 1_000;
/** Names of a folder that the hub looks at to propose sessions; a year of scans at one an hour is 8,760. */
export const MAX_LISTED_FILES = 20_000;
/** Names in one answer to which files a pattern matches: what a person can scroll through, ≈ 20 KiB. */
export const MAX_MATCHED_PAGE = 200;

/** Entries in one page of a log: 1,000 × 2 electrodes × 144 B = 288 KiB and 1,000 names. */
export const MAX_LOG_PAGE = 1_000;
/** A file that a viewer tries parameters on: 40 times a scan of 1,000 points with two electrodes; 2 s at 16 Mbit/s. */
export const MAX_RAW_REPLY_BYTES = 4 * MIB;
/** Curves that one viewer follows live: 16 × 600 points × 4 columns × 4 B = 150 KiB a push. */
export const MAX_WATCHED_TRACES = 16;
/**
 * Curves in one push: 16 × 2,048 points × 4 columns × 4 B. One push is what may wait in a hub for a viewer that does
 * not read; larger curves, ten times a second, would fill any link. Those are read one by one, when they are looked at.
 */
export const MAX_PUSHED_CURVE_BYTES = 512 * KIB;

/** Sessions that may run at once for one agent: every file is matched against each of them. */
export const MAX_RUNNING_SESSIONS = 16;
/**
 * What an agent keeps of one session for the hub: its record as JSON, ≈ 900 B with the longest label and pattern, and
 * up to three versions of parameters (before, now, in the making) of ≈ 3 KiB with the longest description of a table.
 * All sessions of an agent stand in its handshake: 16 × 12 KiB = 192 KiB of a message's 1 MiB.
 */
export const MAX_DESCRIPTOR_LENGTH = 12_288;

/** Files and bytes an agent may have unacknowledged. Two parts in flight keep a link busy across one round trip. */
export const CREDIT = { files: 8, bytes: 2 * MAX_PART_BYTES } as const;

/** What a task's runner is told, as JSON: a version's parameters (≈ 900 B) and some. */
export const MAX_TASK_PAYLOAD = 4_096;
/** Tasks that may wait on one store: each hub reads them once a second, at ≈ 1 KiB each. */
export const MAX_WAITING_TASKS = 1_000;
/** Of those, through one share link: a guest's exports must not take the places that the run's own people need. */
export const MAX_WAITING_OF_A_LINK = 3;

/**
 * Work that goes into an export, in µs of one processor (measured with tests/bench/exports.ts, 2 cores, Node 20): for
 * each row of the table, and for each file, whose entry, trend and (ZIP) bytes are read.
 */
export const EXPORT_WORK_US = {
  csv: { row: 60, file: 25 },
  json: { row: 30, file: 50 },
  parquet: { row: 45, file: 35 },
  xlsx: { row: 95, file: 60 },
  "sacmes.txt": { row: 20, file: 25 },
  zip: { row: 60, file: 400 },
} as const;

/** How long the hub waits for an agent's answer; longer than the 13 s in which a dead link is noticed. */
export const AGENT_ANSWER_MS = 20_000;

/** Heartbeat: a dead connection is noticed within their sum, 13 s, which leaves 2 of the promised 15 s to come back. */
export const PING_INTERVAL_MS = 8_000;
export const PING_TIMEOUT_MS = 5_000;

/** Curves pushed for one watched trace, at most this often; the eye follows no more. */
export const CURVES_PER_SECOND = 10;

/** Share links that may be open at once for one agent: a department; all of them stand in one record (≈ 30 KiB). */
export const MAX_SHARE_LINKS = 50;
/** Longest label of a share link: a name and a purpose. */
export const MAX_SHARE_LABEL_LENGTH = 100;
/** Longest life of a share link that expires, in s: ten years. Longer is "never". */
export const MAX_SHARE_LIFE_S = 10 * 365 * 86_400;

/** Notes of one session, removed ones included: 40 a day for seven weeks. They are read whole: 2,000 × ≈ 400 B. */
export const MAX_NOTES = 2_000;
/** Longest text of a note: two lines. */
export const MAX_NOTE_LENGTH = 200;
