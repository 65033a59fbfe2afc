import { scanTechniqueOf } from "../../shared/analysis/technique-analysis.ts";
import type { AnalysisParams, SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { MAX_RUNNING_SESSIONS } from "../../shared/protocol/limits.ts";
import { type NamePattern, patternsOverlap } from "../../shared/protocol/name-pattern.ts";
import type { SessionFilters, SessionId, SessionSummary } from "../../shared/protocol/session.ts";
import type { StartReply, StopReply } from "../../shared/protocol/viewer-events.ts";
import { readPattern } from "../sessions/live-session.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { Hub } from "./hub.ts";
import { type ReachableAgent, reachAgent } from "./reach-agent.ts";
import type { Membership } from "./viewer-connection.ts";

/** Starting and stopping an analysis run. */

export interface SessionRequest {
  readonly technique: SessionTechnique;
  readonly filters: SessionFilters;
  readonly analysisParams: AnalysisParams;
  readonly label?: string | undefined;
}

/** @throws RequestError agent_offline, invalid_pattern, agent_busy, too_many_sessions */
export async function startSession(
  hub: Hub,
  owner: Membership,
  request: SessionRequest,
): Promise<StartReply> {
  const { tag } = owner;
  await assertNothingLost(hub);
  const pattern = readPattern(request.filters.pattern);
  await reachAgent(hub, tag);
  const session = newSession(hub, request);
  await hub.book.begin(tag, session, hub.newId(), (others) => assertMayRun(others, request, pattern));
  hub.heads.refresh(tag);
  hub.log.info({ agent: tag, session_id: session.session_id }, "session started");
  // The session stands from here on, whatever becomes of the agent: it gets its filters at its next connection.
  const agent = await unlessOffline(reachAgent(hub, tag));
  const matching = (await agent?.take(session.session_id)) ?? 0;
  return { session: await sessionSummary(hub, tag, session), matching };
}

/** @throws RequestError agent_busy, too_many_sessions */
function assertMayRun(
  others: readonly SessionRecord[],
  { technique }: SessionRequest,
  pattern: NamePattern,
): void {
  const running = others.filter(({ state }) => state === "running");
  const taken = running.find(
    (other) =>
      scanTechniqueOf(other.technique) === scanTechniqueOf(technique) &&
      patternsOverlap(pattern, readPattern(other.filters.pattern)),
  );
  if (taken) throw busy(taken);
  if (running.length < MAX_RUNNING_SESSIONS) return;
  throw new RequestError(
    "too_many_sessions",
    `${running.length} sessions run for this agent, which is the most. Stop one first.`,
  );
}

/** Stops a session; what the agent still owed to it is dropped. Stopping twice is stopping once. */
export async function stopSession(hub: Hub, { tag }: Membership, sessionId: SessionId): Promise<StopReply> {
  await assertNothingLost(hub);
  const stopped = await hub.book.update(tag, sessionId, (session) =>
    session.state === "stopped" ? session : { ...session, state: "stopped", stopped_at_ms: hub.now() },
  );
  hub.heads.refresh(tag);
  const agent = await unlessOffline(reachAgent(hub, tag));
  const agentStopped = (await agent?.drop(sessionId)) ?? false;
  hub.log.info({ agent: tag, session_id: sessionId }, "session stopped");
  return { session: await sessionSummary(hub, tag, stopped), agent_stopped: agentStopped };
}

/** Null for an agent that is offline: it learns of it at its next connection. */
async function unlessOffline(reaching: Promise<ReachableAgent>): Promise<ReachableAgent | null> {
  try {
    return await reaching;
  } catch (error) {
    if (error instanceof RequestError && error.code === "agent_offline") return null;
    throw error;
  }
}

/** What is about to be restored must not be started beside it, or be taken for deleted. */
async function assertNothingLost(hub: Hub): Promise<void> {
  if (await hub.identity.isLost()) throw new RequestError("store_unavailable");
}

function newSession(hub: Hub, { technique, filters, analysisParams, label }: SessionRequest): SessionRecord {
  return {
    session_id: hub.newId(),
    technique,
    label: label || filters.pattern,
    filters,
    params: analysisParams,
    version: 1,
    last_version: 1,
    made_by: null,
    raw_gone: 0,
    previous: null,
    reanalysis: null,
    reanalysis_owes: false,
    state: "running",
    created_at_ms: hub.now(),
    stopped_at_ms: null,
    stopped_because: null,
    folder_id: null,
  };
}

function busy({ session_id, label, created_at_ms }: SessionRecord): RequestError {
  return new RequestError(
    "agent_busy",
    `The running session “${label}” already analyses these files. Watch it, or stop it first.`,
    {
      session_id,
      label,
      created_at_ms,
    },
  );
}

/** @throws RequestError session_not_found */
export async function sessionSummary(
  hub: Hub,
  tag: UserTag,
  session: SessionRecord,
): Promise<SessionSummary> {
  const [found] = await hub.book.summaries(tag, [session]);
  if (found === undefined) throw new RequestError("session_not_found");
  return found;
}
