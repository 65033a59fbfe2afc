import { z } from "zod";
import { hasOpenChoices } from "../../shared/analysis/measurement.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import {
  type ParamsVersion,
  SessionFacts,
  type SessionId,
  type SessionSummary,
} from "../../shared/protocol/session.ts";
import type { Fence, LogKey, RecordChange, Store } from "../store/port.ts";
import { noteRevisions } from "./note-head.ts";
import type { UserTag } from "./user-tag.ts";

/** A session as it is stored. Its log lives beside it; where the log stands is never stored twice. */
export const SessionRecord = SessionFacts.extend({
  /** The highest version number that was ever given: numbers are not used again, so nobody mistakes one for another. */
  last_version: z.int().min(1).default(1),
  /** The task that made the current version: a task that is run once more after its end changes nothing. */
  made_by: z.string().nullable().default(null),
  /**
   * Whether files were logged without results of the version that is being made, since its re-analysis last looked:
   * as long as its choices are open. It becomes true in the step that logs such a file.
   */
  reanalysis_owes: z.boolean().default(false),
  /** The agent's folder that its files come from; null until an agent has said. */
  folder_id: z.string().nullable().default(null),
});
export type SessionRecord = z.infer<typeof SessionRecord>;

/** User tag → the session that was begun last: what every beginning is held against. */
const LATEST = "latest-session";

export interface StoredSession {
  readonly record: SessionRecord;
  readonly fence: Fence;
}

/** Key of a session's log: a session is only ever looked up inside a User ID. */
export function logKey(tag: UserTag, sessionId: SessionId): LogKey {
  return `${tag}/${sessionId}`;
}

/**
 * A version of a session's results that can be read: the current one, or the one before.
 *
 * @throws RequestError version_gone with the current one
 */
export function versionOf(session: SessionRecord, version = session.version): ParamsVersion {
  const { params, previous } = session;
  if (version === session.version) return { version, params };
  if (version === previous?.version) return previous;
  throw new RequestError("version_gone", undefined, { version: session.version });
}

/** Whether choices are left to the program in a version that is being made. */
export function isNextOpen({ technique, reanalysis }: SessionRecord): boolean {
  return reanalysis !== null && hasOpenChoices({ technique, params: reanalysis.params });
}

/** The sessions of all agents, on the store. */
export class SessionBook {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Newest first. */
  async list(tag: UserTag): Promise<SessionRecord[]> {
    const records = await this.#store.listRecords(sessionRecords(tag));
    return [...records.values()]
      .map((text) => SessionRecord.parse(JSON.parse(text)))
      .sort((a, b) => b.created_at_ms - a.created_at_ms || (a.session_id < b.session_id ? 1 : -1));
  }

  /** @throws RequestError session_not_found */
  async get(tag: UserTag, sessionId: SessionId): Promise<SessionRecord> {
    const record = await this.find(tag, sessionId);
    if (record === null) throw new RequestError("session_not_found");
    return record;
  }

  async find(tag: UserTag, sessionId: SessionId): Promise<SessionRecord | null> {
    const text = await this.#store.getRecord(sessionRecords(tag), sessionId);
    return text === null ? null : SessionRecord.parse(JSON.parse(text));
  }

  /** A session with the very text that is stored: what a fence is held against. Null: there is none. */
  async read(tag: UserTag, sessionId: SessionId): Promise<StoredSession | null> {
    const fence = { collection: sessionRecords(tag), key: sessionId };
    const value = await this.#store.getRecord(fence.collection, fence.key);
    return value === null
      ? null
      : { record: SessionRecord.parse(JSON.parse(value)), fence: { ...fence, value } };
  }

  /** Removes a session's record; its log is the caller's. Removing twice is removing once. */
  async remove(tag: UserTag, sessionId: SessionId): Promise<void> {
    for (;;) {
      const expected = await this.#store.getRecord(sessionRecords(tag), sessionId);
      if (expected === null) break;
      const gone = { collection: sessionRecords(tag), key: sessionId, expected, next: null };
      if (await this.#store.compareAndSet([gone])) break;
    }
    await this.#store.compareAndSet([{ collection: LATEST, key: tag, expected: sessionId, next: null }]);
  }

  /**
   * Writes a new session with its empty log, where `admit` lets it in beside those that are there. Of two at once the
   * second sees the first: each moves one record on in the step that writes it, and who was slower looks again.
   *
   * @param admit throws where it may not begin
   */
  async begin(
    tag: UserTag,
    session: SessionRecord,
    epoch: string,
    admit: (others: readonly SessionRecord[]) => void,
  ): Promise<void> {
    for (let again = false; ; again = true) {
      const latest = await this.#store.getRecord(LATEST, tag);
      const others = await this.list(tag);
      try {
        admit(others);
      } catch (error) {
        // The attempt that came too late has left its log.
        if (again) await this.#store.deleteLog(logKey(tag, session.session_id));
        throw error;
      }
      const turn = { collection: LATEST, key: tag, expected: latest, next: session.session_id };
      if (await this.#add(tag, session, epoch, [turn])) return;
    }
  }

  /** Writes a session again that the store has lost. @returns it, or what somebody faster has written */
  async restore(tag: UserTag, session: SessionRecord, epoch: string): Promise<SessionRecord> {
    return (await this.#add(tag, session, epoch)) ? session : this.get(tag, session.session_id);
  }

  /** The log comes first: a record without a log would be unreadable. */
  async #add(
    tag: UserTag,
    session: SessionRecord,
    epoch: string,
    beside: readonly RecordChange[] = [],
  ): Promise<boolean> {
    await this.#store.createLog(logKey(tag, session.session_id), epoch);
    const next = JSON.stringify(session);
    return this.#store.compareAndSet([
      { collection: sessionRecords(tag), key: session.session_id, expected: null, next },
      ...beside,
    ]);
  }

  /**
   * Changes a session by a pure function; repeated when somebody else was faster. A function that gives the
   * same object back changes nothing.
   *
   * @param fence must hold as well in the same step
   * @throws RequestError session_not_found; cancelled when the fence has fallen
   */
  async update(
    tag: UserTag,
    sessionId: SessionId,
    change: (session: SessionRecord) => SessionRecord,
    fence?: RecordChange,
  ): Promise<SessionRecord> {
    for (;;) {
      const expected = await this.#store.getRecord(sessionRecords(tag), sessionId);
      if (expected === null) throw new RequestError("session_not_found");
      const current = SessionRecord.parse(JSON.parse(expected));
      const next = change(current);
      if (next === current) return current;
      const written = {
        collection: sessionRecords(tag),
        key: sessionId,
        expected,
        next: JSON.stringify(next),
      };
      if (await this.#store.compareAndSet(fence === undefined ? [written] : [written, fence])) return next;
      if (fence === undefined) continue;
      if ((await this.#store.getRecord(fence.collection, fence.key)) !== fence.expected)
        throw new RequestError("cancelled");
    }
  }

  /**
   * Sessions as viewers see them, with where their logs and notes stand: two reads at once, however many sessions.
   * A session whose log is gone is left out.
   */
  async summaries(tag: UserTag, records: readonly SessionRecord[]): Promise<SessionSummary[]> {
    return (await this.summariesOf([{ tag, records }]))[0] ?? [];
  }

  /** The same of many agents: the heads of all their logs are one read. */
  async summariesOf(
    agents: readonly { readonly tag: UserTag; readonly records: readonly SessionRecord[] }[],
  ): Promise<SessionSummary[][]> {
    const keys = agents.flatMap(({ tag, records }) =>
      records.map((record) => logKey(tag, record.session_id)),
    );
    const [heads, ...revisions] = await Promise.all([
      this.#store.heads(keys),
      ...agents.map(({ tag }) => noteRevisions(this.#store, tag)),
    ]);
    const places = heads[Symbol.iterator]();
    return agents.map(({ records }, index) =>
      records.flatMap((record) => {
        const position = places.next().value;
        if (!position) return [];
        const { last_version, made_by, reanalysis_owes, folder_id, ...facts } = record;
        const { epoch, head } = position;
        return [{ ...facts, epoch, head, notes_rev: revisions[index]?.get(record.session_id) ?? 0 }];
      }),
    );
  }
}

/** Where the records of an agent's sessions are. */
export function sessionRecords(tag: UserTag): string {
  return `sessions/${tag}`;
}
