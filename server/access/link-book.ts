import { z } from "zod";
import { LinkId, ShareLink } from "../../shared/protocol/share-link.ts";
import { type Access, isExpired } from "./access.ts";

/** The share links of one agent as a value: everything that decides about them, without a store or a clock. */

export const StoredLink = ShareLink.extend({
  /** The link through which this one was made; null where the User ID was at hand. */
  parent: LinkId.nullable(),
  /** SHA-256 of the secret, lower-case hex; the secret itself is kept nowhere. */
  token_sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type StoredLink = z.infer<typeof StoredLink>;

export const LinkBook = z.array(StoredLink).readonly();
export type LinkBook = z.infer<typeof LinkBook>;

/** Why an access is over; null while it holds. The User ID's own access never ends. */
export function endOf(
  book: LinkBook,
  access: Pick<Access, "link" | "expires_at_ms">,
  now: number,
): "revoked" | "expired" | null {
  if (access.link === null) return null;
  // Expired links leave the book in time, so the clock is asked first.
  if (isExpired(access, now)) return "expired";
  return book.some((link) => link.link_id === access.link) ? null : "revoked";
}

/** The links that were made through a link, directly or through others; all of them for the User ID (null). */
export function madeThrough(book: LinkBook, link: LinkId | null): LinkBook {
  if (link === null) return book;
  const family = new Set([link]);
  // A link is always younger than its parent and stands after it, so one pass finds all.
  for (const { link_id, parent } of book) if (parent !== null && family.has(parent)) family.add(link_id);
  return book.filter(({ link_id }) => link_id !== link && family.has(link_id));
}

/** A link together with everything that was made through it; empty when there is no such link. */
export function familyOf(book: LinkBook, link: LinkId): LinkBook {
  const head = book.filter(({ link_id }) => link_id === link);
  return head.length === 0 ? [] : [...head, ...madeThrough(book, link)];
}

/** A link never outlives the one that it was made through. */
export function endAtMs(wanted_ms: number | null, parent_ms: number | null): number | null {
  if (wanted_ms === null) return parent_ms;
  return parent_ms === null ? wanted_ms : Math.min(wanted_ms, parent_ms);
}
