import type { PayloadOf } from "../../shared/protocol/event-maps.ts";
import { readShareText, shareFragment } from "../../shared/protocol/share-link.ts";
import { formatUserId, readUserId, type UserId } from "../../shared/protocol/user-id.ts";
import type { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";

/** What a page was opened with. */
export type Credential =
  | { readonly kind: "user-id"; readonly userId: UserId }
  | { readonly kind: "share-link"; readonly token: string };

export type CredentialReading =
  | { readonly ok: true; readonly credential: Credential }
  /** `text`: what goes back into the field of the connect page; a link's secret does not. */
  | { readonly ok: false; readonly text: string; readonly message: string };

/** Reads a User ID or a share link, typed, pasted or from the page's own address. */
export function readCredential(text: string): CredentialReading {
  const shared = readShareText(text);
  if (shared.kind === "token") return { ok: true, credential: { kind: "share-link", token: shared.token } };
  if (shared.kind === "damaged") {
    const message = "That link was not copied whole. Copy it again from where you have it.";
    return { ok: false, text: "", message };
  }
  const reading = readUserId(text);
  if (reading.ok) return { ok: true, credential: { kind: "user-id", userId: reading.user_id } };
  return { ok: false, text: text.slice(text.lastIndexOf("#") + 1), message: reading.message };
}

/** The page's address behind `#`: a reload, a bookmark and a copied address lead back to the same place. */
export function addressOf(credential: Credential): string {
  if (credential.kind === "share-link") return `#${shareFragment(credential.token)}`;
  return `#${formatUserId(credential.userId)}`;
}

/**
 * The whole address of the page for what `fragment` opens. What stands behind `?` comes along: it may name the hub.
 *
 * @param page the page's own address
 */
export function pageAddress({ origin, pathname, search }: Location | URL, fragment: string): string {
  return `${origin}${pathname}${search}#${fragment.replace(/^#/, "")}`;
}

export function joinRequest(credential: Credential): PayloadOf<typeof VIEWER_REQUESTS, "join"> {
  if (credential.kind === "share-link") return { share_token: credential.token };
  return { user_id: credential.userId };
}

/** The hub's last word to who came by a link that is over: the page may come back, but not by that link. */
export function endsAccess(code: string): boolean {
  return code === "revoked" || code === "expired" || code === "unknown_share_link";
}
