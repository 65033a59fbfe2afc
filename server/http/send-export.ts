import type { FastifyReply, FastifyRequest } from "fastify";
import type { ExportFormat } from "../../shared/protocol/export-format.ts";
import type { ExportQuery } from "../../shared/protocol/export-request.ts";
import type { Access } from "../access/access.ts";
import { openExport } from "../exports/export-job.ts";
import { type ExportScope, fixScope } from "../exports/export-scope.ts";
import { downloadName, FORMATS } from "../exports/formats.ts";
import { manifestWithFiles } from "../exports/write-manifest.ts";
import type { Hub } from "../realtime/hub.ts";
import type { SessionRecord } from "../sessions/session-book.ts";

/** What is asked for: an export in one format, or its manifest alone. */
export type ExportWish = ExportFormat | "manifest.json";

interface Asked {
  readonly access: Pick<Access, "tag" | "link">;
  readonly session: SessionRecord;
  readonly wish: ExportWish;
  readonly query: ExportQuery;
}

/**
 * Answers with an export, piece by piece as the reader takes it; with its headers alone for HEAD. A reader who goes
 * away, whose link is revoked or who takes nothing more ends it.
 *
 * @throws RequestError session_not_found, version_gone, epoch_changed, too_many_requests, shutdown
 */
export async function sendExport(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  { access, session, wish, query }: Asked,
): Promise<FastifyReply> {
  const scope = await fixScope(hub.store, access.tag, session, query);
  reply.headers(headersOf(request, scope, wish));
  if (request.method === "HEAD") return reply.send();
  const stream = await hub.exports.serve(access.tag, async () => {
    const { notes, trend_params } = await hub.notes.read(access.tag, session.session_id);
    const job = await openExport({ ...scope, notes, trendParams: trend_params, now: hub.now() });
    return wish === "manifest.json" ? manifestWithFiles(job) : FORMATS[wish].write(job);
  });
  const unwatch = hub.accessWatch.add({ ...access, role: "view", expires_at_ms: null }, () =>
    stream.destroy(),
  );
  stream.once("close", unwatch);
  return reply.send(stream);
}

function headersOf(request: FastifyRequest, scope: ExportScope, wish: ExportWish) {
  const { range, session } = scope;
  const isManifest = wish === "manifest.json";
  const name = downloadName(session.label, wish);
  return {
    "content-type": isManifest ? "application/json; charset=utf-8" : FORMATS[wish].mediaType,
    "content-disposition": `attachment; filename="${name}"`,
    "x-benchcast-epoch": range.epoch,
    "x-benchcast-since": String(range.since),
    "x-benchcast-end": String(range.end),
    "x-benchcast-version": String(range.version),
    ...(isManifest ? {} : { link: `<${manifestAddress(request.url, scope, wish)}>; rel="describedby"` }),
  };
}

/** The manifest of the very same stretch: below a link that says everything, else at the same address. */
function manifestAddress(url: string, { range, electrode }: ExportScope, wish: ExportFormat): string {
  const [path = ""] = url.split("?");
  if (!path.endsWith(`.${wish}`)) return `${path}/manifest.json`;
  const { since, end, epoch, version } = range;
  const query = new URLSearchParams({ since: `${since}`, until: `${end}`, epoch, version: `${version}` });
  if (electrode !== null) query.set("electrode", `${electrode}`);
  return `${path.slice(0, -wish.length)}manifest.json?${query}`;
}
