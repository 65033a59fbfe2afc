import type { FastifyReply, FastifyRequest } from "fastify";
import type { ExportFormat } from "../../shared/protocol/export-format.ts";
import type { ExportQuery } from "../../shared/protocol/export-request.ts";
import type { Access } from "../access/access.ts";
import { openExport } from "../exports/export-job.ts";
import type { ReadTicket } from "../exports/export-links.ts";
import { type ExportScope, fixScope } from "../exports/export-scope.ts";
import { assertHasFormat, downloadName, FORMATS } from "../exports/formats.ts";
import { findMade } from "../exports/made-search.ts";
import { manifestWithFiles } from "../exports/write-manifest.ts";
import type { Hub } from "../realtime/hub.ts";
import type { SessionRecord } from "../sessions/session-book.ts";

/** What is asked for: an export in one format, or its manifest alone. */
export type ExportWish = ExportFormat | "manifest.json";

interface Asked {
  readonly access: Access;
  readonly session: SessionRecord;
  readonly wish: ExportWish;
  readonly query: ExportQuery;
}

/**
 * Answers with an export, piece by piece as the reader takes it; with its headers alone for HEAD.
 *
 * @throws RequestError session_not_found, version_gone, epoch_changed, unknown_export_format, too_many_requests, shutdown
 */
export async function sendExport(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  { access, session, wish, query }: Asked,
): Promise<FastifyReply> {
  if (wish !== "manifest.json") assertHasFormat(session.technique, wish);
  const scope = await fixScope(hub.store, access.tag, session, query);
  reply.headers(headersOf(request, scope, wish));
  if (request.method === "HEAD") return reply.send();
  return sendPieces(hub, reply, access, async () => {
    const { notes, trend_params } = await hub.notes.read(access.tag, session.session_id);
    const job = await openExport({ ...scope, notes, trendParams: trend_params, now: hub.now() });
    return wish === "manifest.json" ? manifestWithFiles(job) : FORMATS[wish].write(job);
  });
}

/**
 * Answers with the file that a task has made, from whichever hub has it; where none has it any more it is made anew
 * while it is read.
 *
 * @throws RequestError as `sendExport`
 */
export async function sendMade(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  { access, session_id, task_id, format, query }: ReadTicket,
): Promise<FastifyReply> {
  const { tag } = access;
  const session = await hub.book.get(tag, session_id);
  const found =
    task_id === null ? null : await findMade(hub.madeExports, hub.fleet, { tag, session_id, task_id });
  if (found === null) return sendExport(hub, request, reply, { access, session, wish: format, query });
  reply.headers({
    ...fileHeaders(session, format),
    ...stretchHeaders(query),
    "content-length": String(found.size),
    link: `<${addressOf(request)}/manifest.json>; rel="describedby"`,
  });
  if (request.method === "HEAD") return reply.send();
  return sendPieces(hub, reply, access, async () => found.pieces());
}

/** A reader who goes away, whose link is over or who takes nothing more ends it; it then ends short of its length. */
async function sendPieces(
  hub: Hub,
  reply: FastifyReply,
  access: Access,
  open: () => Promise<AsyncIterable<Uint8Array | string>>,
): Promise<FastifyReply> {
  const stream = await hub.exports.serve(access.tag, open);
  const unwatch = hub.accessWatch.add(access, () => {
    // The connection, too: a stream that waits for the store, or for another hub, only closes after that.
    reply.raw.destroy();
    stream.destroy();
  });
  stream.once("close", unwatch);
  return reply.send(stream);
}

function headersOf(request: FastifyRequest, scope: ExportScope, wish: ExportWish) {
  const { range, session } = scope;
  const { since, end, epoch, version } = range;
  const manifest = wish === "manifest.json" ? null : manifestAddress(request, scope, wish);
  return {
    ...fileHeaders(session, wish),
    ...stretchHeaders({ since, until: end, epoch, version }),
    ...(manifest !== null && { link: `<${manifest}>; rel="describedby"` }),
  };
}

function fileHeaders({ label }: SessionRecord, wish: ExportWish) {
  return {
    "content-type": wish === "manifest.json" ? "application/json; charset=utf-8" : FORMATS[wish].mediaType,
    "content-disposition": `attachment; filename="${downloadName(label, wish)}"`,
  };
}

function stretchHeaders({ since, until, epoch, version }: ExportQuery) {
  return {
    "x-benchcast-epoch": epoch ?? "",
    "x-benchcast-since": String(since),
    "x-benchcast-end": String(until),
    "x-benchcast-version": String(version),
  };
}

/** The manifest of the very same stretch: below a link that says everything, else at the same address. */
function manifestAddress(
  request: FastifyRequest,
  { range, electrode }: ExportScope,
  wish: ExportFormat,
): string {
  const path = addressOf(request);
  if (!path.endsWith(`.${wish}`)) return `${path}/manifest.json`;
  const { since, end, epoch, version } = range;
  const query = new URLSearchParams({ since: `${since}`, until: `${end}`, epoch, version: `${version}` });
  if (electrode !== null) query.set("electrode", `${electrode}`);
  return `${path.slice(0, -wish.length)}manifest.json?${query}`;
}

function addressOf({ url }: FastifyRequest): string {
  return url.split("?")[0] ?? "";
}
