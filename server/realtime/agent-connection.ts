import { AgentAuth } from "../../shared/protocol/agent-events.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { CREDIT } from "../../shared/protocol/limits.ts";
import { assertPermitted } from "../access/permissions.ts";
import type { Enrolled } from "../edge/enrolments.ts";
import { placeChange } from "../edge/instances.ts";
import { retryAfterMs } from "../edge/retry-after.ts";
import type { Registration } from "../sessions/agent-registry.ts";
import type { Owner } from "../sessions/owner.ts";
import { type UserTag, userIdFromKey, userTag } from "../sessions/user-tag.ts";
import { retire } from "./agent-ownership.ts";
import { AgentPeer } from "./agent-peer.ts";
import { AGENT_REQUESTS, agentHandlers } from "./agent-requests.ts";
import type { HubSocket } from "./audience.ts";
import type { Hub } from "./hub.ts";
import { resumeSessions } from "./resume-sessions.ts";
import { sayGoodbye } from "./say-goodbye.ts";
import { serveRequests, toRequestError } from "./serve-requests.ts";
import { tellViewerCount } from "./viewer-count.ts";

const RETIRE_WITHIN_MS = 5_000;
/** An agent that could not be registered comes back after this. */
const RETRY_AFTER_MS = 1_000;

/** Reads an agent's handshake. @throws RequestError agent_key_required, invalid_agent_key, invalid_message */
export function readAgentAuth(auth: Record<string, unknown>): AgentAuth {
  if (auth.agent_key === undefined || auth.agent_key === "") throw new RequestError("agent_key_required");
  const parsed = AgentAuth.safeParse(auth);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.path[0] === "agent_key") throw new RequestError("invalid_agent_key");
  throw new RequestError("invalid_message", `auth.${issue?.path.join(".")}: ${issue?.message}`);
}

/** An agent at the door: what it says of itself, and the enrolment that it showed, where one is asked for. */
export interface AgentVisitor {
  readonly role: "agent";
  readonly auth: AgentAuth;
  readonly enrolment: Enrolled | null;
}

/** The life of one agent's connection: register, set filters, serve, unregister. */
export function serveAgent(hub: Hub, socket: HubSocket, visitor: AgentVisitor): void {
  let peer: AgentPeer | undefined;
  const registered = register(hub, socket, visitor).then((made) => {
    peer = made;
    return made;
  });
  const known = () => {
    if (peer === undefined) throw new RequestError("agent_offline");
    return peer;
  };
  serveRequests(socket, {
    table: AGENT_REQUESTS,
    authorise: (request) => assertPermitted("agent", request),
    handlers: agentHandlers(hub, known),
    ready: registered,
    log: hub.log,
    counts: hub.metrics.requests,
  });
  // Only what is registered can be unregistered, and a disconnect may come first.
  socket.on("disconnect", () => {
    registered.then(
      (left) => depart(hub, left).catch((error: unknown) => noteFailure(hub, error)),
      () => undefined,
    );
  });
  registered
    .then((made) => resumeSessions(hub, made))
    .catch((error: unknown) => {
      const refused = toRequestError(error, hub.log, "register");
      const { code, message, retryable } = refused.toWire();
      hub.metrics.requests.refused(code);
      const retry_after_ms = retryAfterMs(refused) ?? RETRY_AFTER_MS;
      sayGoodbye(hub, socket, { code, message, retry: retryable, retry_after_ms });
    });
}

/** The agent is gone; what was not written of that is made up for when the store is back. */
function noteFailure(hub: Hub, error: unknown): void {
  hub.log.warn({ err: error }, "agent's departure not recorded");
}

async function register(hub: Hub, socket: HubSocket, { auth, enrolment }: AgentVisitor): Promise<AgentPeer> {
  const userId = userIdFromKey(auth.agent_key);
  const tag = userTag(userId);
  hub.edge.connections.of(socket.conn)?.life.isOf(tag);
  const { instance } = auth;
  if ((await hub.registry.status(tag)) === null) hub.edge.admitNewAgent(hub.edge.addressOf(socket.request));
  const sessions = await hub.book.list(tag);
  const newest = sessions.find((session) => session.state === "running")?.session_id ?? null;
  const weight = enrolment?.weight ?? 1;
  await hub.tasks.weights.note(tag, weight);
  // In one step with the registration: of two processes with one key exactly one holds the place.
  const place = () => placeChange(hub.store, tag, instance, hub.now());
  const arrival = { agentSid: socket.id, auth, sessionId: newest };
  const { registration, status, before } = await hub.registry.register(userId, arrival, place);
  await assertNewest(hub, registration);
  const peer = new AgentPeer(socket, auth, { registration, status, weight, uploadRoom: hub.uploadRoom });
  const older = hub.peers.put(peer);
  if (older !== undefined) retire(hub, older, instance);
  if (before !== null && before.hub_id !== hub.fleet.hubId) retireElsewhere(hub, tag, before, instance);
  socket.emit("registered", {
    user_id: userId,
    viewer_url: hub.config.PUBLIC_URL ?? null,
    server_time_ms: hub.now(),
    max_file_bytes: hub.config.MAX_FILE_BYTES,
    credit: CREDIT,
  });
  tellViewerCount(hub, tag);
  hub.audience.hint(tag, "agent_status", status);
  hub.log.info({ agent: tag, name: auth.name, enrolment: enrolment?.name ?? null }, "agent connected");
  return peer;
}

/**
 * Another may have registered while this was written, and must not be sent away by the one that it replaced. It may
 * be this very process on a newer connection, so the answer for good is given to the next attempt.
 */
async function assertNewest({ registry }: Hub, registration: Registration): Promise<void> {
  try {
    if (await registry.holds(registration)) return;
  } catch (error) {
    // A registration that gets no further must not stay in the map.
    registry.abandon(registration);
    throw error;
  }
  throw new RequestError("too_many_requests", "Another connection of this agent came in the same moment.");
}

/** The hub that held the agent may not have noticed yet. One that does not hear this finds out by itself. */
function retireElsewhere({ fleet }: Hub, tag: UserTag, { hub_id, nonce }: Owner, instance: string): void {
  fleet.call(hub_id, "retire_agent", { tag, nonce, instance }, RETIRE_WITHIN_MS).catch(() => undefined);
}

async function depart(hub: Hub, peer: AgentPeer): Promise<void> {
  const { registration, uploads } = peer;
  uploads.clear();
  const wasCurrent = hub.peers.remove(peer);
  const status = wasCurrent ? await hub.registry.depart(registration) : null;
  if (status) hub.audience.hint(registration.tag, "agent_status", status);
}
