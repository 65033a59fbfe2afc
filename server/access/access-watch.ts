import type { UserTag } from "../sessions/user-tag.ts";
import { type Access, isExpired } from "./access.ts";
import { endOf } from "./link-book.ts";
import type { ShareLinks } from "./share-links.ts";

/** Ends one connection, saying why. */
type End = (reason: "revoked" | "expired") => void;

interface Watched {
  readonly access: Access;
  readonly end: End;
}

/**
 * Ends connections whose share link is over, also when another hub revoked it. One read an agent and tick, and
 * only for agents with a link in use: all links of an agent stand in one record.
 */
export class AccessWatch {
  readonly #links: ShareLinks;
  readonly #now: () => number;
  readonly #watched = new Map<UserTag, Set<Watched>>();

  constructor(links: ShareLinks, now: () => number) {
    this.#links = links;
    this.#now = now;
  }

  /** Watches one connection; the User ID's own access needs no watching. @returns how to stop */
  add(access: Access, end: End): () => void {
    if (access.link === null) return () => {};
    const one = { access, end };
    const all = this.#watched.get(access.tag) ?? new Set();
    this.#watched.set(access.tag, all.add(one));
    return () => this.#remove(one);
  }

  /** Once a second. Expiry needs no store, so it holds while the store is away; then this rejects. */
  async tick(): Promise<void> {
    const now = this.#now();
    const all = [...this.#watched.values()].flatMap((set) => [...set]);
    for (const one of all) if (isExpired(one.access, now)) this.#finish(one, "expired");
    await Promise.all([...this.#watched.keys()].map((tag) => this.check(tag)));
  }

  /** Looks at one agent's links now: something was revoked here. */
  async check(tag: UserTag): Promise<void> {
    if (!this.#watched.has(tag)) return;
    const book = await this.#links.book(tag);
    for (const one of [...(this.#watched.get(tag) ?? [])]) {
      const reason = endOf(book, one.access, this.#now());
      if (reason !== null) this.#finish(one, reason);
    }
  }

  #finish(one: Watched, reason: "revoked" | "expired"): void {
    this.#remove(one);
    one.end(reason);
  }

  #remove(one: Watched): void {
    const all = this.#watched.get(one.access.tag);
    all?.delete(one);
    if (all?.size === 0) this.#watched.delete(one.access.tag);
  }
}
