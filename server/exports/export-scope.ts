import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { ExportQuery } from "../../shared/protocol/export-request.ts";
import { logKey, type SessionRecord, versionOf } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { LogHead, Store } from "../store/port.ts";
import type { LogRange } from "./log-range.ts";

/** What is to be exported: a stretch of the log; where no end is said, it ends where the log stands now. */
export interface ExportScope {
  readonly range: LogRange;
  readonly session: SessionRecord;
  /** Those of the version that is exported, which may be the one before the session's own. */
  readonly params: AnalysisParams;
  readonly electrode: number | null;
}

/**
 * Fixes what a query asks for.
 *
 * @throws RequestError session_not_found, version_gone, epoch_changed, invalid_message for positions that never were
 */
export async function fixScope(
  store: Store,
  tag: UserTag,
  session: SessionRecord,
  query: ExportQuery,
): Promise<ExportScope> {
  const { session_id } = session;
  const [position] = await store.heads([logKey(tag, session_id)]);
  if (!position) throw new RequestError("session_not_found");
  const { epoch, head } = position;
  const { since = 0, until = head, electrode = null } = query;
  if (query.epoch !== undefined && query.epoch !== epoch)
    throw new RequestError("epoch_changed", undefined, { epoch });
  if (Math.max(since, until) > head) throw beyondHead(query, position);
  const { version, params } = versionOf(session, query.version);
  const range = { store, tag, session_id, version, epoch, since, end: Math.max(since, until) };
  return { range, session, params, electrode };
}

/** With its epoch such a position comes from a log that was longer; alone it may as well be a slip. */
function beyondHead({ epoch: told, since = 0 }: ExportQuery, { epoch, head }: LogHead): RequestError {
  if (told !== undefined) return new RequestError("epoch_changed", undefined, { epoch });
  const name = since > head ? "since" : "until";
  return new RequestError(
    "invalid_message",
    `The log ends at offset ${head}: “${name}” can be at most that. A script that goes on from an earlier export also sends its “epoch”.`,
    { epoch, head },
  );
}

/** What asks for this very stretch, whenever it is asked for. */
export function queryOf({ range, electrode }: ExportScope): ExportQuery {
  const { epoch, since, end, version } = range;
  return { since, until: end, epoch, version, ...(electrode !== null && { electrode }) };
}
