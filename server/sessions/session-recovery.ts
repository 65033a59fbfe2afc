import { MAX_RUNNING_SESSIONS } from "../../shared/protocol/limits.ts";
import type { LogHead, Store } from "../store/port.ts";
import type { KnownSession } from "./descriptor.ts";
import { logKey, type SessionBook, type SessionRecord } from "./session-book.ts";
import type { UserTag } from "./user-tag.ts";

/**
 * What became of a session that somebody outside the store knows.
 * `intact`: the store has all of it. `restored`: it was lost, and is there again with an empty log. `rotated`: its
 * log had been longer; it has another epoch now, so that everybody reads and offers anew. `over`: it was stopped
 * or deleted, and nobody needs to carry it any more.
 */
export type Recovery =
  | { readonly kind: "intact" | "restored" | "rotated"; readonly record: SessionRecord }
  | { readonly kind: "over" };

interface RecoveryDependencies {
  readonly store: Store;
  readonly book: SessionBook;
  readonly newId: () => string;
}

/**
 * Brings back what a store has lost, from what agents and hubs still know. A record that is missing was lost only
 * when the store is another one than that in which it was; in the same store somebody has deleted it.
 */
export class SessionRecovery {
  readonly #store: Store;
  readonly #book: SessionBook;
  readonly #newId: () => string;

  constructor({ store, book, newId }: RecoveryDependencies) {
    this.#store = store;
    this.#book = book;
    this.#newId = newId;
  }

  /** @param storeId the store as it is now */
  async recover(tag: UserTag, known: KnownSession, storeId: string): Promise<Recovery> {
    const { session_id } = known.record;
    const record = await this.#book.find(tag, session_id);
    const otherStore = known.store_id !== storeId;
    if (record === null) return otherStore ? this.#restore(tag, known.record) : { kind: "over" };
    if (record.state !== "running") return { kind: "over" };
    const key = logKey(tag, session_id);
    const [position] = await this.#store.heads([key]);
    if (!position) {
      await this.#store.createLog(key, this.#newId());
      return { kind: "restored", record };
    }
    if (!hasLost(position, known, otherStore)) return { kind: "intact", record };
    // False when somebody else was faster: then it is rotated, too.
    await this.#store.rotateEpoch(key, position.epoch, this.#newId());
    return { kind: "rotated", record };
  }

  async #restore(tag: UserTag, record: SessionRecord): Promise<Recovery> {
    if (record.state !== "running") return { kind: "over" };
    const running = (await this.#book.list(tag)).filter(({ state }) => state === "running");
    if (running.length >= MAX_RUNNING_SESSIONS) return { kind: "over" };
    return { kind: "restored", record: await this.#book.restore(tag, record, this.#newId()) };
  }
}

/** A log only grows: one that was longer in this very epoch, or had it in another store, is a copy of the past. */
function hasLost(now: LogHead, { positions }: KnownSession, otherStore: boolean): boolean {
  return positions.some(({ epoch, head }) => epoch === now.epoch && (otherStore || head > now.head));
}
