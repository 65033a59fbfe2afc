import { createHash } from "node:crypto";
import { USER_ID_HASH_PREFIX, type UserId, userIdFromDigest } from "../../shared/protocol/user-id.ts";

/**
 * A User ID as it stands in keys, room names and logs: hashed, so that none of them gives access to anything.
 * 22 characters of base64url (132 bits).
 */
export type UserTag = string & { readonly __brand: "UserTag" };

const TAG_LENGTH = 22;

export function userTag(userId: UserId): UserTag {
  const digest = createHash("sha256").update(`benchcast-tag-v1:${userId}`).digest("base64url");
  return digest.slice(0, TAG_LENGTH) as UserTag; // made here, so it is one
}

/** The User ID that belongs to an agent key: recomputed at every registration, so there is nothing to claim. */
export function userIdFromKey(agentKey: string): UserId {
  return userIdFromDigest(createHash("sha256").update(`${USER_ID_HASH_PREFIX}${agentKey}`, "utf8").digest());
}
