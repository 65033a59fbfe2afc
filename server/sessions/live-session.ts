import { RequestError } from "../../shared/protocol/errors.ts";
import { type NamePattern, parseNamePattern } from "../../shared/protocol/name-pattern.ts";
import type { Fence, LogHead } from "../store/port.ts";
import type { KnownSession } from "./descriptor.ts";
import type { SessionRecord, StoredSession } from "./session-book.ts";

/** Beyond every head: no length of the log makes up for what it has lost in this epoch. */
const LOST = Number.MAX_SAFE_INTEGER;

/** A running session beside its connected agent: its record, and its pattern made ready. */
export class LiveSession {
  record: SessionRecord;
  readonly pattern: NamePattern;
  /** The store that it was taken in. */
  readonly storeId: string;
  /** Where its log stands, at least. */
  position: LogHead;
  /** The position that was last compared with the store's. */
  compared: LogHead | null = null;
  /** The record that the agent was last given to carry. */
  carried: SessionRecord;
  #fence: Fence | null = null;

  constructor(record: SessionRecord, storeId: string, position: LogHead) {
    this.record = record;
    this.carried = record;
    this.storeId = storeId;
    this.position = position;
    this.pattern = readPattern(record.filters.pattern);
  }

  /** What is to be restored, should the store lose it. */
  get known(): KnownSession {
    return { store_id: this.storeId, record: this.record, positions: [this.position] };
  }

  /** The record as it is stored, with what an append is held against. Read once, and again after it has changed. */
  async standing(read: () => Promise<StoredSession | null>): Promise<StoredSession> {
    if (this.#fence !== null) return { record: this.record, fence: this.#fence };
    const stored = await read();
    if (stored === null) throw new RequestError("session_not_found");
    if (stored.record.state !== "running") throw new RequestError("session_not_running");
    this.record = stored.record;
    this.#fence = stored.fence;
    return stored;
  }

  /** Somebody has changed the stored record: it is read anew before the next file. */
  outdated(): void {
    this.#fence = null;
  }

  /**
   * A file was stored at this offset.
   *
   * @param before where the log stood when it was sent to the store
   */
  noteStored(before: LogHead, { epoch, offset }: { readonly epoch: string; readonly offset: number }): void {
    const { position } = this;
    // A log only grows. It gave away an offset that somebody has already: the store went back to a copy of the past
    // (a replica that was behind), and whatever length the log has reached since, it was longer.
    if (before.epoch === epoch && offset < before.head) this.position = { epoch, head: LOST };
    else if (position.epoch !== epoch || position.head <= offset) this.position = { epoch, head: offset + 1 };
  }
}

/** @throws RequestError invalid_pattern, saying what is wrong and what is allowed */
export function readPattern(text: string): NamePattern {
  const pattern = parseNamePattern(text);
  if ("problem" in pattern) throw new RequestError("invalid_pattern", pattern.problem);
  return pattern;
}
