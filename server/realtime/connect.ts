import type { IncomingMessage } from "node:http";
import { Server } from "socket.io";
import { z } from "zod";
import type { AgentAuth } from "../../shared/protocol/agent-events.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import {
  MAX_MESSAGE_BYTES,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
  PROTOCOL_VERSION,
} from "../../shared/protocol/limits.ts";
import { ViewerAuth } from "../../shared/protocol/viewer-events.ts";
import { readAgentAuth, serveAgent } from "./agent-connection.ts";
import type { HubServer } from "./audience.ts";
import type { Hub } from "./hub.ts";
import { serveViewer } from "./viewer-connection.ts";

/** Who knocks; the role is fixed at the handshake. */
export type Visitor = { readonly role: "agent"; readonly auth: AgentAuth } | { readonly role: "viewer" };

/** The Socket.IO server, with the settings that matter. It listens with the HTTP server that it is given later. */
export function createRealtime(allowedOrigins: readonly string[]): HubServer {
  return new Server({
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    perMessageDeflate: false,
    serveClient: false,
    cors: { origin: [...allowedOrigins], credentials: true },
    // CORS does not restrict WebSockets: a page elsewhere is refused here.
    allowRequest: (request, decide) => {
      const allowed = originAllowed(request, allowedOrigins);
      decide(allowed ? null : "forbidden_origin", allowed);
    },
  });
}

/** Programs send no Origin; pages must come from this hub or from an allowed address. */
function originAllowed({ headers }: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (allowedOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Serves everyone who connects, by role. */
export function serveConnections(io: HubServer, hub: Hub): void {
  io.use((socket, next) => {
    try {
      socket.data.visitor = readHandshake(socket.handshake.auth);
      next();
    } catch (error) {
      const refused = error instanceof RequestError ? error : new RequestError("invalid_message");
      next(Object.assign(new Error(refused.message), { data: refused.toWire() }));
    }
  });
  io.on("connection", (socket) => {
    const visitor = socket.data.visitor as Visitor; // set by the middleware above, for every socket
    if (visitor.role === "agent") serveAgent(hub, socket, visitor.auth);
    else serveViewer(hub, socket);
  });
}

const Handshake = z.object({ role: z.enum(["agent", "viewer"]), protocol: z.int() });

/** @throws RequestError when the role, the protocol's version or the credential is missing or wrong */
function readHandshake(auth: Record<string, unknown>): Visitor {
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
  if (shape.data.role === "agent") return { role: "agent", auth: readAgentAuth(auth) };
  ViewerAuth.parse({ ...auth });
  return { role: "viewer" };
}
