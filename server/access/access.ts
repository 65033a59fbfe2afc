import type { AccessRole, LinkId } from "../../shared/protocol/share-link.ts";
import type { UserTag } from "../sessions/user-tag.ts";

/**
 * What somebody may do with one agent's data: the value that every request is held against. It is made from a
 * credential alone, and lives no longer than the connection or the HTTP request that showed the credential.
 */
export interface Access {
  readonly tag: UserTag;
  readonly role: AccessRole;
  /** The share link that it rests on; null where the User ID itself was given. */
  readonly link: LinkId | null;
  /** ms since 1970, hub's clock: the end of the link; null for none. */
  readonly expires_at_ms: number | null;
}

/** An access with the name by which its viewer speaks of it: the User ID that it knows already, or a handle. */
export interface Admission {
  readonly name: string;
  readonly access: Access;
}

/** User IDs have no colon, so neither is ever taken for the other. */
const HANDLE_PREFIX = "link:";

/** What the viewers of a link call it: opens nothing, here or elsewhere. */
export function handleOf(link: LinkId): string {
  return HANDLE_PREFIX + link;
}

export function isHandle(name: string): boolean {
  return name.startsWith(HANDLE_PREFIX);
}

/** Whether an end has come; never, where there is none. */
export function isExpired(
  { expires_at_ms }: { readonly expires_at_ms: number | null },
  now: number,
): boolean {
  return expires_at_ms !== null && expires_at_ms <= now;
}
