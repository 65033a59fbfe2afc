import type { z } from "zod";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { ExportReply, RequestExport } from "../../shared/protocol/export-request.ts";
import type { Access } from "../access/access.ts";
import { fixScope } from "../exports/export-scope.ts";
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
 * A short-lived link to a session's results: those of the named session, else of the newest of the technique.
 *
 * @throws RequestError session_not_found, version_gone, epoch_changed
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
  return hub.links.make(access, await fixScope(hub.store, tag, session, query), format);
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
