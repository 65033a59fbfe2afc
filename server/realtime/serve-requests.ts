import type { Socket } from "socket.io";
import type { z } from "zod";
import { type Ack, ERRORS, type ErrorCode, RequestError } from "../../shared/protocol/errors.ts";
import { StoreUnavailable } from "../store/port.ts";
import type { HubLog } from "./hub-log.ts";

/** The one way in: validate → authorise (in the handlers, through what the caller has joined) → run → ack. */

export interface RequestTable {
  readonly [event: string]: { readonly payload: z.ZodType; readonly reply: z.ZodType };
}

export type Handlers<Table extends RequestTable> = {
  readonly [Name in keyof Table]: (
    payload: z.output<Table[Name]["payload"]>,
  ) => Promise<z.output<Table[Name]["reply"]>> | z.output<Table[Name]["reply"]>;
};

/**
 * Answers every event of a socket: known ones by their handler, all others with a typed error. Nothing reaches a
 * handler that does not fit its schema, and no handler runs before `ready`.
 */
export function serveRequests<Table extends RequestTable>(
  socket: Socket,
  table: Table,
  handlers: Handlers<Table>,
  ready: Promise<unknown>,
  log: HubLog,
): void {
  socket.onAny((event: string, ...given: unknown[]) => {
    const ack = given.at(-1);
    // A request without an acknowledgement cannot be answered, so it does not run either.
    if (typeof ack !== "function") return;
    void ready
      .then(() => run(table, handlers, event, given.length > 1 ? given[0] : undefined))
      .then(
        (value): Ack<unknown> => ({ ok: true, value }),
        (error: unknown): Ack<unknown> => ({ ok: false, error: toRequestError(error, log, event).toWire() }),
      )
      .then((reply) => ack(reply));
  });
}

async function run<Table extends RequestTable>(
  table: Table,
  handlers: Handlers<Table>,
  event: string,
  payload: unknown,
) {
  if (!Object.hasOwn(table, event)) throw new RequestError("unknown_event");
  const request = table[event];
  const handler = handlers[event];
  if (request === undefined || handler === undefined) throw new RequestError("unknown_event");
  const parsed = request.payload.safeParse(payload);
  if (!parsed.success) throw invalidMessage(parsed.error);
  // The payload was parsed by this very event's schema, which the loop over a table cannot express in types.
  return handler(parsed.data as z.output<Table[keyof Table]["payload"]>);
}

/** Says which field is wrong and what was wanted. A schema may name a code of its own (file labels do). */
function invalidMessage(error: z.ZodError): RequestError {
  const [issue] = error.issues;
  if (issue === undefined) return new RequestError("invalid_message");
  const named = issue.code === "custom" ? issue.params?.code : undefined;
  const code: ErrorCode =
    typeof named === "string" && named in ERRORS ? (named as ErrorCode) : "invalid_message";
  const place = issue.path.map(String).join(".");
  const message = code === "invalid_message" && place !== "" ? `${place}: ${issue.message}` : issue.message;
  const details = error.issues
    .slice(0, 8)
    .map(({ path, message: text }) => ({ path: path.map(String).join("."), message: text }));
  return new RequestError(code, message, details);
}

/** The one place where failures become replies. What nobody foresaw is logged here and told as `internal`. */
export function toRequestError(error: unknown, log: HubLog, event: string): RequestError {
  if (error instanceof RequestError) return error;
  if (error instanceof StoreUnavailable) return new RequestError("store_unavailable");
  log.error({ err: error, event }, "request failed");
  return new RequestError("internal");
}
