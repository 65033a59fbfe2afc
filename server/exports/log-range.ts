import { setImmediate as turn } from "node:timers/promises";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import { PAGE_ROWS } from "../sessions/log-pages.ts";
import { logKey } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { LogRow, Store } from "../store/port.ts";

/** A stretch of one session's log that no longer changes: the entries `since ≤ offset < end` of one epoch. */
export interface LogRange {
  readonly store: Store;
  readonly tag: UserTag;
  readonly session_id: SessionId;
  readonly version: number;
  readonly epoch: string;
  readonly since: number;
  readonly end: number;
  /** Waits between two pages until other work has had its turn; one turn of the event loop where nothing is said. */
  readonly pause?: () => Promise<void>;
}

/**
 * Reads a stretch page by page; one page is in memory at a time, and the hub does other work between two of them.
 * Not from prepared pages: those leave out the files' hashes.
 *
 * @throws RequestError session_not_found, epoch_changed when the log is lost while it is read
 */
export async function* readPages(range: LogRange): AsyncGenerator<readonly LogRow[]> {
  const { store, tag, session_id, version, epoch, since, end, pause } = range;
  for (let at = since; at < end; ) {
    const limit = Math.min(PAGE_ROWS, end - at);
    const page = await store.readLog(logKey(tag, session_id), { since: at, limit, version });
    if (page === null) throw new RequestError("session_not_found");
    if (page.epoch !== epoch || page.rows.length === 0)
      throw new RequestError("epoch_changed", undefined, { epoch: page.epoch });
    yield page.rows;
    at += page.rows.length;
    await (pause === undefined ? turn() : pause());
  }
}
