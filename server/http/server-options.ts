import { type FastifyServerOptions, LogController } from "fastify";
import type { Config } from "../config.ts";
import {
  HEADERS_WITHIN_MS,
  KEEP_ALIVE_MS,
  LATE_LOOK_MS,
  MAX_BODY_BYTES,
  REQUEST_WITHIN_MS,
} from "../edge/limits.ts";
import { LOG_OPTIONS } from "../log/hub-log.ts";
import { securityHeaders } from "./security-headers.ts";
import { sendError } from "./send-error.ts";

/** Which connections are late, in ms. A slow or silent client must not hold a place for ever (slow loris). */
export interface Patience {
  readonly headers: number;
  readonly request: number;
  readonly look: number;
}

const PATIENCE: Patience = { headers: HEADERS_WITHIN_MS, request: REQUEST_WITHIN_MS, look: LATE_LOOK_MS };

/** The web server's settings that matter. */
export function serverOptions(config: Pick<Config, "LOG_LEVEL" | "PUBLIC_URL">, patience = PATIENCE) {
  return {
    logger: {
      level: config.LOG_LEVEL,
      ...LOG_OPTIONS,
    },
    // Addresses can carry what nobody should read in a log, so requests are not logged one by one.
    logController: new LogController({ disableRequestLogging: true }),
    // A signed download link is one long path part.
    routerOptions: { maxParamLength: 1_000 },
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: patience.request,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: patience.headers, connectionsCheckingInterval: patience.look },
    frameworkErrors: (error, request, reply) =>
      void sendError(reply.headers(securityHeaders(config)), error, request.log, "address"),
  } satisfies FastifyServerOptions & { http: object };
}
