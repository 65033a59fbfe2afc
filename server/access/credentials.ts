import { RequestError } from "../../shared/protocol/errors.ts";
import { readShareText } from "../../shared/protocol/share-link.ts";
import { readUserId, type UserId } from "../../shared/protocol/user-id.ts";
import type { AgentRegistry } from "../sessions/agent-registry.ts";
import { userTag } from "../sessions/user-tag.ts";
import type { Access, Admission } from "./access.ts";
import type { ShareLinks } from "./share-links.ts";

/** Where credentials are looked up; a hub has both. */
interface CredentialSources {
  readonly registry: AgentRegistry;
  readonly shareLinks: ShareLinks;
}

/**
 * What a User ID or a share token gives access to, for callers that show it with each request (HTTP).
 *
 * @throws RequestError user_id_required, invalid_user_id, unknown_user_id, unknown_share_link
 */
export async function readCredential(sources: CredentialSources, text: string): Promise<Access> {
  const shared = readShareText(text).kind !== "none";
  const { access } = await (shared ? sources.shareLinks.open(text) : admitUserId(sources, text));
  return access;
}

/**
 * Full access by the User ID. An ID that no agent has used here and one that is not yours are answered alike.
 *
 * @throws RequestError user_id_required, invalid_user_id, unknown_user_id
 */
export async function admitUserId(
  { registry }: Pick<CredentialSources, "registry">,
  text: string | undefined,
): Promise<Admission> {
  const userId = requireUserId(text);
  const tag = userTag(userId);
  if ((await registry.status(tag)) === null) throw new RequestError("unknown_user_id");
  return { name: userId, access: { tag, role: "control", link: null, expires_at_ms: null } };
}

/** @throws RequestError user_id_required, invalid_user_id */
export function requireUserId(text: string | undefined): UserId {
  const reading = readUserId(text ?? "");
  if (reading.ok) return reading.user_id;
  if (reading.problem === "empty") throw new RequestError("user_id_required");
  throw new RequestError("invalid_user_id", reading.message);
}
