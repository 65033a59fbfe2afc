import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import manifest from "../../package.json" with { type: "json" };
import { ERRORS, RequestError } from "../../shared/protocol/errors.ts";
import { SessionId } from "../../shared/protocol/session.ts";
import { csvOf } from "../exports/csv.ts";
import { downloadName } from "../exports/export-links.ts";
import type { Hub } from "../realtime/hub.ts";
import { toRequestError } from "../realtime/serve-requests.ts";
import { requireUserId } from "../realtime/viewer-connection.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import { type UserTag, userTag } from "../sessions/user-tag.ts";

interface Paths {
  /** Folder with the bundled agent. */
  readonly dist: string;
}

/** Everything the hub says over HTTP besides the viewer's own files. */
export function addRoutes(app: FastifyInstance, hub: Hub, { dist }: Paths): void {
  app.setErrorHandler((error, request, reply) => sendError(reply, error, hub, request));
  app.get("/health", () => {
    const problem = hub.store.problem();
    return {
      status: problem === null ? "ok" : "degraded",
      version: manifest.version,
      store: problem ?? "ok",
      agents: hub.peers.all().length,
    };
  });
  app.get<{ Params: { link: string } }>("/api/exports/:link", async ({ params }, reply) => {
    const { tag, session_id } = hub.links.read(params.link);
    const owner = tag as UserTag; // signed by this hub when it was one
    return sendCsv(reply, hub, owner, await hub.book.get(owner, session_id));
  });
  app.get("/api/sessions", async (request) => {
    const tag = bearer(request);
    return { sessions: await hub.book.summaries(tag, await hub.book.list(tag)) };
  });
  app.get<{ Params: { session_id: string } }>(
    "/api/sessions/:session_id/export.csv",
    async (request, reply) => {
      const tag = bearer(request);
      const id = SessionId.safeParse(request.params.session_id);
      if (!id.success) throw new RequestError("session_not_found");
      return sendCsv(reply, hub, tag, await hub.book.get(tag, id.data));
    },
  );
  app.get("/agent", (_request, reply) => {
    const file = join(dist, "benchcast-agent.mjs");
    if (!existsSync(file))
      throw new RequestError("not_found", "The agent was not built. Run on the hub: npm run build");
    return reply
      .header("content-disposition", 'attachment; filename="benchcast-agent.mjs"')
      .type("text/javascript")
      .send(createReadStream(file));
  });
}

/** The User ID stands in the Authorization header, never in the address: addresses are logged and shared. */
function bearer(request: FastifyRequest): UserTag {
  const [scheme, credential] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer") {
    throw new RequestError(
      "user_id_required",
      "Send the User ID in the header “Authorization: Bearer <User ID>”.",
    );
  }
  return userTag(requireUserId(credential));
}

function sendCsv(reply: FastifyReply, hub: Hub, tag: UserTag, session: SessionRecord): FastifyReply {
  return reply
    .header("content-disposition", `attachment; filename="${downloadName(session.label, "csv")}"`)
    .header("cache-control", "no-store")
    .type("text/csv; charset=utf-8")
    .send(Readable.from(csvOf(hub.store, tag, session)));
}

function sendError(reply: FastifyReply, error: unknown, hub: Hub, request: FastifyRequest): FastifyReply {
  const refused = toRequestError(error, hub.log, request.routeOptions.url ?? "http");
  return reply.code(ERRORS[refused.code].http).send({ error: refused.toWire() });
}
