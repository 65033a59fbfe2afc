import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { RequestError } from "../../shared/protocol/errors.ts";
import { MAX_SHARE_LINKS } from "../../shared/protocol/limits.ts";
import {
  LinkId,
  readShareText,
  ShareLink,
  type ShareLinkWish,
  shareTokenOf,
} from "../../shared/protocol/share-link.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { RecordChange, Store } from "../store/port.ts";
import { type Access, type Admission, handleOf, isExpired } from "./access.ts";
import { endAtMs, endOf, familyOf, LinkBook, madeThrough, type StoredLink } from "./link-book.ts";

/** User tag → its link book: one record, so that limit, revocation and what hangs on it are one atomic step. */
const BOOKS = "share-links";
/** SHA-256 of a secret → where its link stands. A place without its link opens nothing. */
const TOKENS = "share-tokens";

const Place = z.object({ tag: z.string(), link_id: LinkId });

interface ShareLinkDependencies {
  readonly store: Store;
  readonly now: () => number;
  /** Random, unguessable, 21 characters of base64url. */
  readonly newId: () => string;
}

/** The share links of all agents, on the store. Of a secret only the hash is kept. */
export class ShareLinks {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #newId: () => string;

  constructor({ store, now, newId }: ShareLinkDependencies) {
    this.#store = store;
    this.#now = now;
    this.#newId = newId;
  }

  /**
   * Makes a link. One made through a link ends with it, whatever was wished.
   *
   * @throws RequestError too_many_share_links; revoked, expired when the maker's own link is over
   */
  async create(maker: Access, wish: ShareLinkWish): Promise<{ link: ShareLink; token: string }> {
    const token = shareTokenOf(this.#newId());
    const digest = digestOf(token).toString("hex");
    const link_id = this.#newId();
    const place = JSON.stringify({ tag: maker.tag, link_id });
    for (;;) {
      const { text, book } = await this.#read(maker.tag);
      const now = this.#now();
      assertOpen(book, maker, now);
      const gone = book.filter((link) => isExpired(link, now));
      const open = book.filter((link) => !gone.includes(link));
      if (open.length >= MAX_SHARE_LINKS) throw new RequestError("too_many_share_links");
      const link = newLink(maker, wish, { link_id, token_sha256: digest, now });
      const written = await this.#store.compareAndSet([
        this.#rewrite(maker.tag, text, [...open, link]),
        { collection: TOKENS, key: digest, expected: null, next: place },
      ]);
      if (!written) continue;
      await this.#forget(gone);
      return { link: ShareLink.parse(link), token };
    }
  }

  /** Open links, newest first: all of them for the User ID, through a link only those made through it. */
  async list(by: Access): Promise<ShareLink[]> {
    const { book } = await this.#read(by.tag);
    const now = this.#now();
    return madeThrough(book, by.link)
      .filter((link) => !isExpired(link, now))
      .map((link) => ShareLink.parse(link))
      .reverse();
  }

  /** Ends a link and what was made through it. @throws RequestError not_found for a link that `by` cannot see */
  async revoke(by: Access, link_id: LinkId): Promise<void> {
    for (;;) {
      const { text, book } = await this.#read(by.tag);
      if (!madeThrough(book, by.link).some((link) => link.link_id === link_id)) {
        throw new RequestError("not_found", "There is no such link. It may have been revoked already.");
      }
      const family = familyOf(book, link_id);
      const rest = book.filter((link) => !family.includes(link));
      if (!(await this.#store.compareAndSet([this.#rewrite(by.tag, text, rest)]))) continue;
      await this.#forget(family);
      return;
    }
  }

  /** Removes links of one agent that have expired. @returns how many; none where somebody was faster */
  async prune(tag: UserTag): Promise<number> {
    const { text, book } = await this.#read(tag);
    const now = this.#now();
    const gone = book.filter((link) => isExpired(link, now));
    if (gone.length === 0) return 0;
    const rest = book.filter((link) => !gone.includes(link));
    if (!(await this.#store.compareAndSet([this.#rewrite(tag, text, rest)]))) return 0;
    await this.#forget(gone);
    return gone.length;
  }

  /** What a secret opens. Malformed, unknown, revoked and expired are one answer. @throws RequestError unknown_share_link */
  async open(text: string): Promise<Admission> {
    const reading = readShareText(text);
    if (reading.kind !== "token") throw new RequestError("unknown_share_link");
    const digest = digestOf(reading.token);
    const found = await this.#find(digest);
    if (found === null || isExpired(found.link, this.#now())) throw new RequestError("unknown_share_link");
    const { role, link_id, expires_at_ms } = found.link;
    return { name: handleOf(link_id), access: { tag: found.tag, role, link: link_id, expires_at_ms } };
  }

  /** The links of one agent as they stand now. */
  async book(tag: UserTag): Promise<LinkBook> {
    return (await this.#read(tag)).book;
  }

  async #find(digest: Buffer): Promise<{ tag: UserTag; link: StoredLink } | null> {
    const text = await this.#store.getRecord(TOKENS, digest.toString("hex"));
    if (text === null) return null;
    const place = Place.parse(JSON.parse(text));
    const tag = place.tag as UserTag; // written by `create` alone, from an access
    const link = (await this.book(tag)).find(({ link_id }) => link_id === place.link_id);
    if (link === undefined) return null;
    // Both are 32 bytes: the schema of the book says so of the stored one.
    return timingSafeEqual(Buffer.from(link.token_sha256, "hex"), digest) ? { tag, link } : null;
  }

  async #read(tag: UserTag): Promise<{ text: string | null; book: LinkBook }> {
    const text = await this.#store.getRecord(BOOKS, tag);
    return { text, book: text === null ? [] : LinkBook.parse(JSON.parse(text)) };
  }

  #rewrite(tag: UserTag, before: string | null, book: LinkBook): RecordChange {
    const next = book.length === 0 ? null : JSON.stringify(book);
    return { collection: BOOKS, key: tag, expected: before, next };
  }

  /** Removes the places of links that left their book. They open nothing any more, so a failure may be let go. */
  async #forget(links: readonly StoredLink[]): Promise<void> {
    const removed = links.map(async ({ token_sha256: key }) => {
      const expected = await this.#store.getRecord(TOKENS, key);
      if (expected !== null)
        await this.#store.compareAndSet([{ collection: TOKENS, key, expected, next: null }]);
    });
    await Promise.allSettled(removed);
  }
}

/** @throws RequestError revoked, expired */
function assertOpen(book: LinkBook, access: Access, now: number): void {
  const end = endOf(book, access, now);
  if (end !== null) throw new RequestError(end);
}

function newLink(
  maker: Access,
  { role, label, expires_in_s }: ShareLinkWish,
  { link_id, token_sha256, now }: { link_id: LinkId; token_sha256: string; now: number },
): StoredLink {
  const wanted_ms = expires_in_s === null ? null : now + expires_in_s * 1000;
  const expires_at_ms = endAtMs(wanted_ms, maker.expires_at_ms);
  return { link_id, role, label, created_at_ms: now, expires_at_ms, parent: maker.link, token_sha256 };
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
