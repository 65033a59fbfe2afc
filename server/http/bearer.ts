import type { FastifyRequest } from "fastify";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { Access } from "../access/access.ts";
import { readCredential } from "../access/credentials.ts";
import { assertPermitted, type RequestName } from "../access/permissions.ts";
import type { Hub } from "../realtime/hub.ts";

/**
 * What the User ID or share token in the Authorization header may do. It never stands in the address: addresses
 * are logged and passed on.
 *
 * @throws RequestError user_id_required, invalid_user_id, unknown_user_id, unknown_share_link, forbidden,
 *   too_many_requests
 */
export async function bearer(hub: Hub, request: FastifyRequest, wanted: RequestName): Promise<Access> {
  const [scheme, credential] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || credential === undefined || credential === "") {
    throw new RequestError(
      "user_id_required",
      "Send the User ID, or a share link's token, in the header “Authorization: Bearer <User ID>”.",
    );
  }
  const { edge } = hub;
  const access = await edge.guessing.attempt(edge.addressOf(request.raw), credential, () =>
    readCredential(hub, credential),
  );
  assertPermitted(access.role, wanted);
  return access;
}
