import type { z } from "zod";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { ExportFormat } from "../../shared/protocol/export-format.ts";
import type { ExportReply, RequestExport } from "../../shared/protocol/export-request.ts";
import type { Access } from "../access/access.ts";
import { type ExportScope, fixScope } from "../exports/export-scope.ts";
import { type ExportSize, sizeOf, workMs } from "../exports/export-size.ts";
import { exportTask } from "../exports/export-task.ts";
import { assertHasFormat } from "../exports/formats.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import type { Hub } from "./hub.ts";

/** The techniques that an event asks for when it names no session; null: all that no other event asks for. */
const TECHNIQUES = {
  request_export_cv_data: ["cv", "lsv"],
  request_export_frequency_map_data: ["frequency-map"],
  request_export_data: null,
} as const;
type ExportEvent = keyof typeof TECHNIQUES;

/**
 * A session's results: those of the named session, else of the newest of the technique. A short-lived link, or, for an
 * export that would take the hub long, the task that makes it.
 *
 * @throws RequestError session_not_found, version_gone, epoch_changed, unknown_export_format, too_many_tasks
 */
export async function requestExport(
  hub: Hub,
  access: Access,
  event: ExportEvent,
  { user_id: _, session_id, format, ...query }: z.output<typeof RequestExport>,
): Promise<ExportReply> {
  const { tag } = access;
  const session =
    session_id === undefined
      ? newestOf(await hub.book.list(tag), event)
      : await hub.book.get(tag, session_id);
  const scope = await fixScope(hub.store, tag, session, query);
  assertHasFormat(session.technique, format);
  const size = await sizeOf(scope);
  if (workMs(format, size) <= hub.config.EXPORT_DIRECT_S * 1_000 && hub.config.EXPORT_DIRECT_S > 0)
    return hub.links.make(access, scope, format);
  return makeInItsTurn(hub, access, scope, { format, size });
}

async function makeInItsTurn(
  hub: Hub,
  { tag, link }: Access,
  scope: ExportScope,
  { format, size }: { readonly format: ExportFormat; readonly size: ExportSize },
): Promise<ExportReply> {
  const { session_id, epoch, since, end } = scope.range;
  const { notes_rev: notesRev } = await hub.notes.read(tag, session_id);
  const task = await hub.tasks.submit(exportTask(scope, { format, link, size, notesRev }));
  hub.log.info({ agent: tag, session_id, task_id: task.task_id, format, ...size }, "export asked for");
  return { task, session_id, epoch, since, end };
}

function newestOf(sessions: readonly SessionRecord[], event: ExportEvent): SessionRecord {
  const named = Object.values(TECHNIQUES).flatMap((techniques): readonly string[] => techniques ?? []);
  const wanted: readonly string[] | null = TECHNIQUES[event];
  const found = sessions.find(({ technique }) =>
    wanted === null ? !named.includes(technique) : wanted.includes(technique),
  );
  if (found === undefined)
    throw new RequestError("session_not_found", "There is no session of this technique to export yet.");
  return found;
}
