import { z } from "zod";
import { MAX_SHARE_LABEL_LENGTH, MAX_SHARE_LIFE_S } from "./limits.ts";

/**
 * Share links: what somebody with the User ID hands to others, so that they can watch (or control) without ever
 * learning the User ID. The secret stands behind `#`, which browsers send to nobody.
 */

/** What a viewer may do. `view`: watch and export. `control`: also start, stop, change and share. */
export const AccessRole = z.enum(["control", "view"]);
export type AccessRole = z.infer<typeof AccessRole>;

export const LinkId = z.string().regex(/^[A-Za-z0-9_-]{12,32}$/);
export type LinkId = z.infer<typeof LinkId>;

/** A share link as its makers see it; the secret is shown once, when it is made. */
export const ShareLink = z.object({
  link_id: LinkId,
  role: AccessRole,
  label: z.string(),
  /** ms since 1970, hub's clock. */
  created_at_ms: z.number(),
  /** Null: until it is revoked. */
  expires_at_ms: z.number().nullable(),
});
export type ShareLink = z.infer<typeof ShareLink>;

/** What a link is to be. A link made through a link ends with that one, at the latest. */
export const ShareLinkWish = z.strictObject({
  role: AccessRole,
  label: z.string().trim().max(MAX_SHARE_LABEL_LENGTH),
  expires_in_s: z.int().min(1).max(MAX_SHARE_LIFE_S).nullable(),
});
export type ShareLinkWish = z.infer<typeof ShareLinkWish>;

/** The prefix tells a token from a User ID, and lets people who scan for leaked secrets find it. */
const TOKEN_PREFIX = "bcs_";
/** 21 characters of base64url after the prefix: 126 bits. */
const TOKEN = /^bcs_[A-Za-z0-9_-]{21}$/;

/** @param random 21 characters of base64url, unguessable */
export function shareTokenOf(random: string): string {
  const token = TOKEN_PREFIX + random;
  if (!TOKEN.test(token)) throw new RangeError("A share token needs 21 characters of base64url.");
  return token;
}

/** What stands behind `#` in the address that opens a share link. */
export function shareFragment(token: string): string {
  return `s=${token}`;
}

/** `damaged`: meant to be a share link, but not copied whole. `none`: not a share link at all. */
export type ShareTextReading =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "damaged" }
  | { readonly kind: "none" };

/** Reads a token, or a whole address that carries one behind `#s=`. */
export function readShareText(text: string): ShareTextReading {
  const fragment = text.slice(text.lastIndexOf("#") + 1).trim();
  const token = fragment.startsWith("s=") ? fragment.slice(2) : fragment;
  if (TOKEN.test(token)) return { kind: "token", token };
  const meant = fragment.startsWith("s=") || token.startsWith(TOKEN_PREFIX);
  return { kind: meant ? "damaged" : "none" };
}
