import { entryFromBytes } from "../analysis/entry.ts";
import type { Hub } from "../realtime/hub.ts";
import { logKey } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import { type CountedSession, census } from "./census.ts";

const DAY_MS = 86_400_000;
/** All hubs together look once in this time; a session stays an hour longer than it must. */
const EVERY_MS = 3_600_000;
/** Whose turn it was to look: the hub's own housekeeping. */
export const TURNS = "turns";
const TURN = "retention";

/** What one sweep removed. */
export interface Swept {
  readonly sessions: number;
  readonly links: number;
}

/** Removes sessions SESSION_TTL_DAYS after their last file, with everything that belongs to them, and expired links. */
export class Retention {
  readonly #hub: Hub;
  #lookAtMs = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Once a second. @returns null where it is not time, or another hub has had this turn */
  async tick(): Promise<Swept | null> {
    const now = this.#hub.now();
    if (now < this.#lookAtMs) return null;
    this.#lookAtMs = now + EVERY_MS;
    // Each hub looks after its own disk.
    const { book, madeExports } = this.#hub;
    await madeExports.sweep(async ({ tag, session_id }) => (await book.find(tag, session_id)) !== null);
    if (!(await this.#takeTurn(now))) return null;
    const swept = await this.#sweep(now);
    if (swept.sessions + swept.links > 0) this.#hub.log.info(swept, "old sessions removed");
    return swept;
  }

  /** One hub an hour: whoever writes the turn down first. One that dies over it has its work done an hour later. */
  async #takeTurn(now: number): Promise<boolean> {
    const { store } = this.#hub;
    const expected = await store.getRecord(TURNS, TURN);
    if (expected !== null && now - Number(expected) < EVERY_MS) return false;
    return store.compareAndSet([{ collection: TURNS, key: TURN, expected, next: String(now) }]);
  }

  async #sweep(now: number): Promise<Swept> {
    const { config, registry, shareLinks } = this.#hub;
    const before = now - config.SESSION_TTL_DAYS * DAY_MS;
    let sessions = 0;
    for await (const counted of census(this.#hub)) {
      if (!(await this.#isOver(counted, before))) continue;
      await this.#remove(counted);
      sessions += 1;
    }
    let links = 0;
    for (const tag of await registry.tags()) links += await shareLinks.prune(tag);
    return { sessions, links };
  }

  /** A session that runs while its agent is here may wait for its next file as long as it likes. */
  async #isOver({ tag, session, head }: CountedSession, before: number): Promise<boolean> {
    if (session.created_at_ms >= before) return false;
    if (session.state === "running" && (await this.#hub.registry.status(tag))?.state === "online")
      return false;
    const last = await this.#lastFileMs(tag, session, head);
    return Math.max(last ?? session.created_at_ms, session.stopped_at_ms ?? 0) < before;
  }

  async #lastFileMs(
    tag: UserTag,
    { session_id, version }: CountedSession["session"],
    head: number,
  ): Promise<number | null> {
    if (head === 0) return null;
    const range = { since: head - 1, limit: 1, version };
    const row = (await this.#hub.store.readLog(logKey(tag, session_id), range))?.rows[0];
    return row === undefined ? null : entryFromBytes(row.entry).received_at_ms;
  }

  /** The record goes last but one: a sweep that is broken off finds the session again, and notes that came meanwhile. */
  async #remove({ tag, session: { session_id } }: CountedSession): Promise<void> {
    const { tasks, store, notes, book, heads, madeExports } = this.#hub;
    await tasks.cancelSession(tag, session_id);
    await madeExports.forget({ tag, session_id });
    await store.deleteLog(logKey(tag, session_id));
    await notes.forget(tag, session_id);
    await book.remove(tag, session_id);
    await notes.forget(tag, session_id);
    heads.refresh(tag);
  }
}
