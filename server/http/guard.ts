import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { Hub } from "../realtime/hub.ts";
import { securityHeaders } from "./security-headers.ts";
import { sendError } from "./send-error.ts";

/** How long a browser may remember that a page elsewhere may ask, s. */
const PREFLIGHT_KEPT_S = 600;

/** What a page elsewhere may read of a reply beside its body. */
const EXPOSED = [
  "Content-Disposition",
  "Retry-After",
  "Link",
  "X-Benchcast-Epoch",
  "X-Benchcast-Since",
  "X-Benchcast-End",
  "X-Benchcast-Version",
];

/** Puts the edge before every address of the hub, and words behind every address that there is not. */
export function guardHttp(app: FastifyInstance, hub: Hub): void {
  const headers = securityHeaders(hub.config);
  app.setErrorHandler((error, request, reply) =>
    sendError(reply, error, hub.log, request.routeOptions.url ?? "http", hub.metrics.requests),
  );
  app.setNotFoundHandler((request, reply) => {
    if (request.method === "GET" || request.method === "HEAD")
      throw new RequestError("not_found", "There is nothing at this address. The viewer is at /");
    reply.header("allow", "GET, HEAD");
    throw new RequestError("method_not_allowed");
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(headers);
    const refused = hub.edge.refusal(request.raw);
    if (refused !== null) throw refused;
    allowPage(hub, request, reply);
    if (isPreflight(request)) return reply.code(204).send();
  });
  app.addHook("onSend", async (_request, reply) => {
    // What may be kept says so itself; everything else is somebody's data, or true for this moment only.
    const kept = reply.hasHeader("cache-control") || reply.raw.hasHeader("cache-control");
    if (!kept) reply.header("cache-control", "no-store");
  });
  app.get("/robots.txt", (_request, reply) => reply.type("text/plain").send("User-agent: *\nDisallow: /\n"));
}

/** A viewer hosted elsewhere may read replies. No cookies are involved, so credentials stay off. */
function allowPage(hub: Hub, { headers }: FastifyRequest, reply: FastifyReply): void {
  reply.header("vary", "Origin");
  const { origin } = headers;
  if (origin === undefined || !hub.edge.admission.origins.includes(origin)) return;
  reply.headers({
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "Authorization",
    "access-control-expose-headers": EXPOSED.join(", "),
    "access-control-max-age": String(PREFLIGHT_KEPT_S),
    "cross-origin-resource-policy": "cross-origin",
  });
}

/** A browser asks whether it may ask. */
function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}
