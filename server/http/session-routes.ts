import type { FastifyInstance, FastifyRequest } from "fastify";
import { RequestError } from "../../shared/protocol/errors.ts";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import { ExportAddressQuery, type ExportQuery } from "../../shared/protocol/export-request.ts";
import { SessionId } from "../../shared/protocol/session.ts";
import type { Hub } from "../realtime/hub.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import { bearer } from "./bearer.ts";
import { type ExportWish, sendExport, sendMade } from "./send-export.ts";

type BySession = { Params: { session_id: string } };
type ByLink = { Params: { link: string } };

const WISHES: readonly ExportWish[] = [...ExportFormat.options, "manifest.json"];

/** Sessions and their exports over HTTP: by the User ID or a share link's token, or by a short-lived link. */
export function addSessionRoutes(app: FastifyInstance, hub: Hub): void {
  app.get("/api/sessions", async (request) => {
    const { tag } = await bearer(hub, request, "list_sessions");
    return { sessions: await hub.book.summaries(tag, await hub.book.list(tag)) };
  });
  app.get<BySession>("/api/sessions/:session_id", async (request) => {
    const { tag } = await bearer(hub, request, "list_sessions");
    const [session] = await hub.book.summaries(tag, [await sessionOf(hub, tag, request)]);
    if (session === undefined) throw new RequestError("session_not_found");
    return { session };
  });
  for (const wish of WISHES) addExport(app, hub, wish);
  addExportLinks(app, hub);
}

function addExport(app: FastifyInstance, hub: Hub, wish: ExportWish): void {
  app.route<BySession>({
    method: ["GET", "HEAD"],
    url: `/api/sessions/:session_id/export.${wish}`,
    handler: async (request, reply) => {
      const access = await bearer(hub, request, "request_export_data");
      const query = readQuery(request);
      const session = await sessionOf(hub, access.tag, request);
      return sendExport(hub, request, reply, { access, session, wish, query });
    },
  });
}

/** The link says everything; whoever has it may fetch the file while it lasts, and its manifest. */
function addExportLinks(app: FastifyInstance, hub: Hub): void {
  const endings = { "": null, "/manifest.json": "manifest.json" } as const;
  for (const [ending, manifest] of Object.entries(endings)) {
    app.route<ByLink>({
      method: ["GET", "HEAD"],
      url: `/api/exports/:link${ending}`,
      handler: async (request, reply) => {
        const ticket = await hub.links.read(request.params.link);
        if (manifest === null) return sendMade(hub, request, reply, ticket);
        const { access, session_id, query } = ticket;
        const session = await hub.book.get(access.tag, session_id);
        return sendExport(hub, request, reply, { access, session, wish: manifest, query });
      },
    });
  }
}

/** @throws RequestError session_not_found also for what cannot be the name of a session */
async function sessionOf(hub: Hub, tag: UserTag, request: FastifyRequest<BySession>): Promise<SessionRecord> {
  const id = SessionId.safeParse(request.params.session_id);
  if (!id.success) throw new RequestError("session_not_found");
  return hub.book.get(tag, id.data);
}

/** @throws RequestError invalid_message naming what is wrong; what is not known is refused, not passed over */
function readQuery(request: FastifyRequest<BySession>): ExportQuery {
  const query = ExportAddressQuery.safeParse(request.query);
  if (query.success) return query.data;
  const [issue] = query.error.issues;
  const place = issue?.path.join(".") ?? "";
  throw new RequestError(
    "invalid_message",
    `The address may say since, until, epoch, version and electrode. ${place} ${issue?.message ?? ""}`.trim(),
  );
}
