import { type FolderTrouble, folderTroubleText } from "../../shared/protocol/folder-trouble.ts";
import type { AgentStatus, SessionSummary } from "../../shared/protocol/session.ts";
import type { LinkState } from "../connection/link-state.ts";
import { countText, plural } from "../words/counts.ts";
import { clockText, exactClockText, spanText } from "../words/moments.ts";

/** What is known at one moment. Times in ms on the reader's clock. */
export interface Circumstances {
  readonly link: LinkState;
  /** Since when the hub can neither store nor read; null while it can. */
  readonly hubHeldMs: number | null;
  readonly agent: AgentStatus;
  readonly agentSinceMs: number;
  /** Since when the agent cannot read its folder; null while it can. */
  readonly folderTroubleSinceMs: number | null;
  readonly session: SessionSummary | null;
  readonly entries: { readonly have: number; readonly head: number };
  readonly lastScanMs: number | null;
  readonly usualMs: number | null;
  readonly nowMs: number;
}

export type LivenessKind =
  | "lost"
  | "held"
  | "offline"
  | "no-folder"
  | "catching-up"
  | "stopped"
  | "quiet"
  | "live"
  | "waiting"
  | "ready";

/** The state in one word, and in one sentence where there is more to say. Null: nothing to say. */
export interface Liveness {
  readonly kind: LivenessKind;
  readonly word: string;
  /** What is true, then what to do. Holds no running seconds, so that it can be read aloud once. */
  readonly sentence: string | null;
  /** From when on the shown data are stale, null while they are not. */
  readonly staleSinceMs: number | null;
}

/** Quiet means: nothing for this many usual intervals, and at least for the time that nobody would notice. */
const QUIET_INTERVALS = 4;
const QUIET_LEAST_MS = 15_000;

/** A file or two are always on their way; more is a catch-up. */
const OWED_LEAST = 5;

/** How alive the data on the screen are. The first that applies counts: without the hub nothing else is known. */
export function liveness(at: Circumstances): Liveness {
  if (at.link.kind !== "connected") return lost(at);
  if (at.hubHeldMs !== null) return held(at, at.hubHeldMs);
  if (at.agent.state === "offline") return offline(at);
  const trouble = at.agent.folder_trouble?.is;
  if (trouble !== undefined && at.session?.state !== "stopped") return folderAway(at, trouble);
  const { have, head } = at.entries;
  if (have < head) {
    const word = `catching up ${countText(have)} of ${countText(head)}`;
    return { kind: "catching-up", word, sentence: null, staleSinceMs: null };
  }
  const owed = at.agent.files?.owed ?? 0;
  if (at.session?.state === "running" && owed > OWED_LEAST) {
    const word = `catching up, ${countText(owed)} files to come`;
    return { kind: "catching-up", word, sentence: null, staleSinceMs: null };
  }
  if (at.session === null) return { kind: "ready", word: "online", sentence: null, staleSinceMs: null };
  if (at.session.state === "stopped") return stopped(at, at.session);
  return running(at, at.lastScanMs);
}

function lost({ link }: Circumstances): Liveness {
  const staleSinceMs = link.kind === "lost" ? link.sinceMs : null;
  const sentence = link.kind === "refused" ? link.message : null;
  const word = link.kind === "connecting" ? "connecting" : "connection lost";
  return { kind: "lost", word, sentence, staleSinceMs };
}

function held({ nowMs, entries }: Circumstances, hubHeldMs: number): Liveness {
  const since = clockText(hubHeldMs, nowMs);
  return {
    kind: "held",
    word: `hub on hold since ${since}`,
    sentence: `The hub has not reached its storage since ${since}. Showing ${plural(entries.have, "scan")}. What is measured meanwhile stays on the instrument PC, and comes by itself.`,
    staleSinceMs: hubHeldMs,
  };
}

function offline({ agentSinceMs, entries, lastScanMs, nowMs, session }: Circumstances): Liveness {
  const since = clockText(agentSinceMs, nowMs);
  const shown =
    lastScanMs === null
      ? ""
      : ` Showing ${plural(entries.have, "scan")} up to ${exactClockText(lastScanMs, nowMs)}.`;
  const step = "Start it on the instrument PC; this page goes on by itself.";
  const staleSinceMs = session?.state === "stopped" ? null : agentSinceMs;
  return {
    kind: "offline",
    word: `offline since ${since}`,
    sentence: `Agent offline since ${since}.${shown} ${step}`,
    staleSinceMs,
  };
}

const FOLDER_STATES: Readonly<Record<FolderTrouble, string>> = {
  missing: "folder missing",
  forbidden: "folder locked",
  unreadable: "folder unreadable",
};

/** The agent is there and its files are not: nothing new can come until somebody at the instrument sees to it. */
function folderAway(
  { session, agentSinceMs, folderTroubleSinceMs, nowMs }: Circumstances,
  trouble: FolderTrouble,
): Liveness {
  const sinceMs = folderTroubleSinceMs ?? agentSinceMs;
  // Without a session the start page says it in full.
  const isWatching = session !== null;
  return {
    kind: "no-folder",
    word: `${FOLDER_STATES[trouble]} since ${clockText(sinceMs, nowMs)}`,
    sentence: isWatching ? folderTroubleText(trouble) : null,
    staleSinceMs: isWatching ? sinceMs : null,
  };
}

function stopped({ nowMs, agent }: Circumstances, session: SessionSummary): Liveness {
  const when = session.stopped_at_ms === null ? "" : ` ${clockText(session.stopped_at_ms, nowMs)}`;
  const sentence =
    session.stopped_because === "other-folder"
      ? `The agent was started on another folder (now: ${agent.folder}), so this session ended. Start a new one for that folder.`
      : null;
  return { kind: "stopped", word: `session stopped${when}`, sentence, staleSinceMs: null };
}

function running({ usualMs, nowMs, agent }: Circumstances, lastScanMs: number | null): Liveness {
  if (lastScanMs === null) {
    const sentence = `Agent connected (${agent.name}, ${agent.folder}). Waiting for the first scan.`;
    return { kind: "waiting", word: "waiting for the first scan", sentence, staleSinceMs: null };
  }
  const silentMs = nowMs - lastScanMs;
  if (silentMs <= Math.max(QUIET_LEAST_MS, QUIET_INTERVALS * (usualMs ?? 0))) {
    return { kind: "live", word: "live", sentence: null, staleSinceMs: null };
  }
  const usual = usualMs === null ? "" : ` (usual: ${spanText(usualMs)})`;
  const step = "Check that the measurement still runs, and that its files go to this folder.";
  const sentence = `No new scan since ${clockText(lastScanMs, nowMs)}${usual}. Agent is online. ${step}`;
  return { kind: "quiet", word: "quiet", sentence, staleSinceMs: null };
}
