import { AgentAuth, type Bye } from "../../shared/protocol/agent-events.ts";
import { ERRORS, RequestError } from "../../shared/protocol/errors.ts";
import { CREDIT } from "../../shared/protocol/limits.ts";
import { userIdFromKey, userTag } from "../sessions/user-tag.ts";
import { AgentPeer } from "./agent-peer.ts";
import { AGENT_REQUESTS, agentHandlers } from "./agent-requests.ts";
import type { HubSocket } from "./audience.ts";
import type { Hub } from "./hub.ts";
import { serveRequests, toRequestError } from "./serve-requests.ts";

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

/** The life of one agent's connection: register, set filters, serve, unregister. */
export function serveAgent(hub: Hub, socket: HubSocket, auth: AgentAuth): void {
  let peer: AgentPeer | undefined;
  const registered = register(hub, socket, auth).then((made) => {
    peer = made;
    return made;
  });
  const known = () => {
    if (peer === undefined) throw new RequestError("agent_offline");
    return peer;
  };
  serveRequests(socket, AGENT_REQUESTS, agentHandlers(hub, known), registered, hub.log);
  // Only what is registered can be unregistered, and a disconnect may come first.
  socket.on("disconnect", (reason) => {
    registered.then((left) => depart(hub, left, reason)).catch((error: unknown) => noteFailure(hub, error));
  });
  registered
    .then((made) => resumeSessions(hub, made))
    .catch((error: unknown) => {
      const { code, message, retryable } = toRequestError(error, hub.log, "register").toWire();
      sayGoodbye(socket, { code, message, retry: retryable, retry_after_ms: RETRY_AFTER_MS });
    });
}

/** A registration that failed is told to the agent; here it only ends the wait for it. */
function noteFailure(hub: Hub, error: unknown): void {
  hub.log.warn({ err: error }, "agent's departure not recorded");
}

async function register(hub: Hub, socket: HubSocket, auth: AgentAuth): Promise<AgentPeer> {
  const userId = userIdFromKey(auth.agent_key);
  const tag = userTag(userId);
  const sessions = await hub.book.list(tag);
  const newest = sessions.find((session) => session.state === "running")?.session_id ?? null;
  const registration = await hub.registry.register(userId, tag, socket.id, newest);
  const status = await hub.registry.noteOnline(tag, auth);
  const peer = new AgentPeer(socket, auth, registration, status);
  retire(hub.peers.put(peer), auth.instance);
  socket.emit("registered", {
    user_id: userId,
    viewer_url: hub.config.PUBLIC_URL ?? null,
    server_time_ms: hub.now(),
    max_file_bytes: hub.config.MAX_FILE_BYTES,
    credit: CREDIT,
  });
  socket.emit("viewer_count", { viewers: hub.audience.size(tag) });
  hub.audience.hint(tag, "agent_status", status);
  hub.log.info({ agent: tag, name: auth.name }, "agent connected");
  return peer;
}

/** The newest process of one key wins. The same process on a new connection is never "another". */
function retire(before: AgentPeer | undefined, instance: string): void {
  if (before === undefined) return;
  if (before.auth.instance === instance) before.socket.disconnect(true);
  else
    sayGoodbye(before.socket, {
      code: "replaced",
      message: ERRORS.replaced.message,
      retry: false,
      retry_after_ms: 0,
    });
}

async function resumeSessions(hub: Hub, peer: AgentPeer): Promise<void> {
  const { tag } = peer.registration;
  const running = (await hub.book.list(tag)).filter((session) => session.state === "running");
  for (const session of running) {
    try {
      await peer.takeFor(session);
    } catch (error) {
      // An agent that left meanwhile gets its filters at its next connection.
      if (peer.socket.connected)
        hub.log.warn({ err: error, session_id: session.session_id }, "filters not set");
    }
  }
}

async function depart(hub: Hub, peer: AgentPeer, reason: string): Promise<void> {
  const { registration } = peer;
  const wasCurrent = hub.peers.remove(peer);
  hub.log.info({ agent: registration.tag, reason }, "agent disconnected");
  if (!wasCurrent || !(await hub.registry.unregister(registration))) return;
  const status = await hub.registry.noteOffline(registration.tag);
  if (status) hub.audience.hint(registration.tag, "agent_status", status);
}

/** The hub's last word; the connection closes once it is sent. */
export function sayGoodbye(socket: HubSocket, bye: Bye): void {
  socket.emit("bye", bye);
  socket.disconnect(true);
}
