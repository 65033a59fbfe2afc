import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { RequestError } from "../../shared/protocol/errors.ts";
import { SessionId } from "../../shared/protocol/session.ts";
import type { Access } from "../access/access.ts";
import { readCredential } from "../access/credentials.ts";
import { assertPermitted, type RequestName } from "../access/permissions.ts";
import { csvOf } from "../exports/csv.ts";
import { downloadName } from "../exports/export-links.ts";
import type { Hub } from "../realtime/hub.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";

interface Paths {
  /** Folder with the bundled agent. */
  readonly dist: string;
}

/** Everything the hub says over HTTP besides the viewer's own files. */
export function addRoutes(app: FastifyInstance, hub: Hub, { dist }: Paths): void {
  app.get<{ Params: { link: string } }>("/api/exports/:link", async ({ params }, reply) => {
    const { tag, session_id } = await hub.links.read(params.link);
    return sendCsv(reply, hub, tag, await hub.book.get(tag, session_id));
  });
  app.get("/api/sessions", async (request) => {
    const { tag } = await bearer(hub, request, "list_sessions");
    return { sessions: await hub.book.summaries(tag, await hub.book.list(tag)) };
  });
  app.get<{ Params: { session_id: string } }>(
    "/api/sessions/:session_id/export.csv",
    async (request, reply) => {
      const { tag } = await bearer(hub, request, "request_export_data");
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

/**
 * What the User ID or share token in the Authorization header may do. It never stands in the address: addresses
 * are logged and passed on.
 */
async function bearer(hub: Hub, request: FastifyRequest, wanted: RequestName): Promise<Access> {
  const [scheme, credential] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer") {
    throw new RequestError(
      "user_id_required",
      "Send the User ID, or a share link's token, in the header “Authorization: Bearer <User ID>”.",
    );
  }
  const { edge } = hub;
  const access = await edge.guessing.attempt(edge.addressOf(request.raw), credential ?? "", () =>
    readCredential(hub, credential ?? ""),
  );
  assertPermitted(access.role, wanted);
  return access;
}

function sendCsv(reply: FastifyReply, hub: Hub, tag: UserTag, session: SessionRecord): FastifyReply {
  return reply
    .header("content-disposition", `attachment; filename="${downloadName(session.label, "csv")}"`)
    .type("text/csv; charset=utf-8")
    .send(Readable.from(csvOf(hub.store, tag, session)));
}
