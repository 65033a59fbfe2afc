import { type IncomingMessage, ServerResponse, STATUS_CODES } from "node:http";
import type { Socket as TcpSocket } from "node:net";
import type { FastifyInstance } from "fastify";
import { ERRORS, RequestError } from "../../shared/protocol/errors.ts";
import type { HubServer } from "../realtime/audience.ts";
import type { Hub } from "../realtime/hub.ts";
import type { WirePacket } from "./connection-life.ts";
import type { Edge } from "./edge.ts";
import { IDLE_LOOK_MS, LAST_WORD_MS } from "./limits.ts";
import { WireIds } from "./wire-ids.ts";

/** Engine.IO reads the query before it asks anybody. */
type EngineRequest = IncomingMessage & { readonly _query: Readonly<Record<string, string>> };

type GuardParts = Pick<Hub, "edge" | "metrics" | "fleet" | "log" | "newId" | "now">;

/** Puts the edge before the sockets: every request of theirs, by polling or as an upgrade, passes here first. */
export function guardSockets(
  app: FastifyInstance,
  io: HubServer,
  { edge, metrics, fleet, log, newId, now }: GuardParts,
): void {
  const engine: Engine = io.engine;
  const ids = new WireIds(fleet, newId);
  const here = new Set<string>();
  engine.generateId = () => ids.make();
  engine.use((request: EngineRequest, response: ServerResponse, next: () => void) => {
    const refused = refusalOf(edge, request) ?? strayRefusal(here, ids, request);
    if (refused === null) next();
    else {
      metrics.requests.refused(refused.code);
      refuse(response, refused);
    }
  });
  engine.on("connection", (wire: EngineWire) => {
    here.add(wire.id);
    const address = edge.addressOf(wire.request);
    const connection = edge.connections.opened(wire, address, now(), () => cutOff(wire));
    wire.on("packet", (packet) => {
      connection.life.received(packet);
      if (!connection.packet(now())) return;
      connection.life.endsBecause("too_many_requests");
      cutOff(wire);
    });
    wire.on("packetCreate", (packet) => connection.life.sent(packet));
    // Socket.IO listens first, so whatever it knows of the end is said by now.
    wire.once("close", (reason) => {
      log.info(connection.life.facts(now(), wire.transport.name, reason), "connection ended");
      here.delete(wire.id);
      edge.connections.closed(wire);
      // Whoever does not answer the closing would keep the line for another 30 s (`ws`).
      setTimeout(() => cutOff(wire), LAST_WORD_MS).unref();
    });
  });
  const timer = setInterval(() => edge.endIdle(), IDLE_LOOK_MS);
  app.addHook("preClose", async () => clearInterval(timer));
}

/** What is used of Engine.IO. */
interface Engine {
  generateId: (request: IncomingMessage) => string | PromiseLike<string>;
  use(middleware: (request: EngineRequest, response: ServerResponse, next: () => void) => void): unknown;
  on(event: "connection", listener: (wire: EngineWire) => void): unknown;
}

/** What is used of an Engine.IO socket. */
interface EngineWire {
  readonly id: string;
  readonly request: IncomingMessage;
  on(event: "packet" | "packetCreate", listener: (packet: WirePacket) => void): unknown;
  once(event: "close", listener: (reason: string) => void): unknown;
  close(discard: boolean): void;
  readonly transport: { readonly name: string; readonly socket?: { terminate?(): void } | null };
}

/** Ends a connection at once, whatever the other side says to that. Polling has no line of its own to cut. */
function cutOff(wire: EngineWire): void {
  wire.close(true);
  wire.transport.socket?.terminate?.();
}

function refusalOf(edge: Edge, request: EngineRequest): RequestError | null {
  // A connection that stands is held against the names only: its polls may be as fast as its pushes.
  if (request._query.sid !== undefined) return edge.admission.refusal(request.headers);
  return edge.refusal(request) ?? edge.connectionRefusal(edge.addressOf(request));
}

/** Somebody else's poll: Engine.IO would only say that it does not know it, and the client would try for ever. */
function strayRefusal(
  here: ReadonlySet<string>,
  ids: WireIds,
  { _query }: EngineRequest,
): RequestError | null {
  const { sid } = _query;
  if (sid === undefined || here.has(sid) || !ids.isOfSister(sid)) return null;
  return new RequestError("not_sticky");
}

function refuse(response: ServerResponse, error: RequestError): void {
  const { http: status } = ERRORS[error.code];
  const body = JSON.stringify({ error: error.toWire() });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    "cache-control": "no-store",
    connection: "close",
  };
  if (response instanceof ServerResponse) {
    response.writeHead(status, headers).end(body);
    return;
  }
  // An upgrade has no response object of Node's; Engine.IO's stand-in can only hang up without a word.
  const { socket } = response as { readonly socket: TcpSocket };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on("error", () => undefined);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
}
