import type { FastifyReply } from "fastify";
import { ERRORS, type ErrorCode, RequestError } from "../../shared/protocol/errors.ts";
import { retryAfterMs } from "../edge/retry-after.ts";
import type { HubLog } from "../log/hub-log.ts";
import type { RequestCounts } from "../metrics/request-counts.ts";
import { toRequestError } from "../realtime/serve-requests.ts";

/** What the web server itself refuses, by the status that it would give. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_message",
  403: "not_found", // a path that climbs out of the viewer's files
  404: "not_found",
  413: "too_large",
  414: "not_found",
  415: "invalid_message",
};

/** The one place where failures become HTTP replies: `{error: {code, message, retryable, details?}}`. */
export function sendError(
  reply: FastifyReply,
  error: unknown,
  log: HubLog,
  place: string,
  counts?: Pick<RequestCounts, "refused">,
): FastifyReply {
  const refused = toRequestError(asRequestError(error), log, place);
  counts?.refused(refused.code);
  const wait_ms = retryAfterMs(refused);
  if (wait_ms !== null) reply.header("retry-after", String(Math.ceil(wait_ms / 1_000)));
  return reply.code(ERRORS[refused.code].http).send({ error: refused.toWire() });
}

/** Fastify's own refusals (codes FST_…) carry a status; anything else stays what it is. */
function asRequestError(error: unknown): unknown {
  if (error instanceof RequestError || !(error instanceof Error) || !("statusCode" in error)) return error;
  const code = typeof error.statusCode === "number" ? BY_STATUS[error.statusCode] : undefined;
  return code === undefined ? error : new RequestError(code);
}
