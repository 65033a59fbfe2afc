import { Server } from "socket.io";
import { z } from "zod";
import { ERRORS, RequestError } from "../../shared/protocol/errors.ts";
import {
  MAX_MESSAGE_BYTES,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
  PROTOCOL_VERSION,
} from "../../shared/protocol/limits.ts";
import {
  AGENT_IN_FLIGHT,
  AGENT_REQUESTS_RATE,
  IDLE_RETRY_MS,
  UNRULY_RETRY_MS,
  VIEWER_IN_FLIGHT,
  VIEWER_REQUESTS_RATE,
} from "../edge/limits.ts";
import { Traffic } from "../edge/traffic.ts";
import type { AdapterFactory } from "../fleet/room-adapter.ts";
import { type AgentVisitor, readAgentAuth, serveAgent } from "./agent-connection.ts";
import type { HubServer, HubSocket } from "./audience.ts";
import type { Hub } from "./hub.ts";
import { sayGoodbye } from "./say-goodbye.ts";
import { toRequestError } from "./serve-requests.ts";
import { serveViewer } from "./viewer-connection.ts";

/** Who knocks; the role is fixed at the handshake. */
export type Visitor = AgentVisitor | { readonly role: "viewer" };

/**
 * The Socket.IO server, with the settings that matter. It listens with the HTTP server that it is given later.
 *
 * @param rooms joins its rooms with those of other hubs; undefined where there are none
 */
export function createRealtime(allowedOrigins: readonly string[], rooms?: AdapterFactory): HubServer {
  return new Server({
    ...(rooms === undefined ? {} : { adapter: rooms }),
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    perMessageDeflate: false,
    serveClient: false,
    // Who may connect is decided in edge/; this only tells browsers that allowed pages may read what is polled.
    cors: { origin: [...allowedOrigins] },
  });
}

/** Serves everyone who connects, by role. */
export function serveConnections(io: HubServer, hub: Hub): void {
  io.use((socket, next) => {
    // One greeting a connection: each makes a socket, and a flood of them would make thousands.
    const connection = hub.edge.connections.of(socket.conn);
    if (connection?.greet() !== true) {
      connection?.life.endsBecause("too_many_requests");
      return connection?.cutOff();
    }
    readHandshake(hub, socket).then(
      (visitor) => {
        socket.data.visitor = visitor;
        connection.life.role = visitor.role;
        next();
      },
      (error: unknown) => {
        const refused = toRequestError(error, hub.log, "handshake");
        hub.metrics.requests.refused(refused.code);
        connection.life.endsBecause(refused.code);
        next(Object.assign(new Error(refused.message), { data: refused.toWire() }));
      },
    );
  });
  io.on("connection", (socket) => {
    const visitor = socket.data.visitor as Visitor; // set by the middleware above, for every socket
    watchTraffic(hub, socket, visitor.role);
    if (visitor.role === "agent") serveAgent(hub, socket, visitor);
    else serveViewer(hub, socket);
  });
}

/** Counts what this socket asks, and says when it may be quiet: an agent always, a viewer that has joined. */
function watchTraffic(hub: Hub, socket: HubSocket, role: Visitor["role"]): void {
  const { edge, audience, now } = hub;
  const dismiss = (code: "idle" | "too_many_requests", retry_after_ms: number) => () =>
    sayGoodbye(hub, socket, { code, message: ERRORS[code].message, retry: true, retry_after_ms });
  const rules =
    role === "agent"
      ? { rate: AGENT_REQUESTS_RATE, inFlight: AGENT_IN_FLIGHT }
      : { rate: VIEWER_REQUESTS_RATE, inFlight: VIEWER_IN_FLIGHT };
  const shared = () => {
    const tag = audience.tagOf(socket);
    return tag === undefined ? 0 : edge.userMustWait(tag);
  };
  const onUnruly = dismiss("too_many_requests", UNRULY_RETRY_MS);
  socket.data.traffic = new Traffic({ ...rules, shared, now, onUnruly });
  const connection = edge.connections.of(socket.conn);
  socket.onAny(() => connection?.active(now()));
  connection?.serve({
    mayRest: () => role === "agent" || audience.tagOf(socket) !== undefined,
    dismiss: dismiss("idle", IDLE_RETRY_MS),
  });
}

const Handshake = z.object({ role: z.enum(["agent", "viewer"]), protocol: z.int() });

/** @throws RequestError when the role, the protocol's version or the credential is missing or wrong */
async function readHandshake(hub: Hub, { handshake, request }: HubSocket): Promise<Visitor> {
  const { edge, readiness } = hub;
  if (readiness.draining) throw new RequestError("shutdown");
  const auth: Record<string, unknown> = handshake.auth;
  const shape = Handshake.safeParse({ role: "viewer", ...auth });
  if (!shape.success) {
    const [issue] = shape.error.issues;
    throw new RequestError("invalid_message", `auth.${issue?.path.join(".")}: ${issue?.message}`);
  }
  if (shape.data.protocol !== PROTOCOL_VERSION) {
    const which = shape.data.protocol < PROTOCOL_VERSION ? "this program" : "the hub";
    throw new RequestError(
      "unsupported_protocol",
      `This program speaks version ${shape.data.protocol} of the protocol, the hub version ${PROTOCOL_VERSION}. Update ${which}.`,
    );
  }
  if (shape.data.role === "viewer") return { role: "viewer" };
  const agent = readAgentAuth(auth);
  const enrolment = await edge.enrol(edge.addressOf(request), agent.enrolment);
  return { role: "agent", auth: agent, enrolment };
}
