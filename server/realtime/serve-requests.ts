import type { Socket } from "socket.io";
import type { z } from "zod";
import { type Ack, ERRORS, type ErrorCode, RequestError } from "../../shared/protocol/errors.ts";
import type { Traffic } from "../edge/traffic.ts";
import type { HubLog } from "../log/hub-log.ts";
import type { RequestCounts } from "../metrics/request-counts.ts";
import { StoreFull, StoreUnavailable } from "../store/port.ts";

/** The one way in: validate → authorise → run → ack. */

export interface RequestTable {
  readonly [event: string]: { readonly payload: z.ZodType; readonly reply: z.ZodType };
}

type Payload<Table extends RequestTable, Name extends keyof Table> = z.output<Table[Name]["payload"]>;
type Reply<Table extends RequestTable, Name extends keyof Table> = z.output<Table[Name]["reply"]>;

type AnyCallers<Table extends RequestTable> = Record<keyof Table, unknown>;

/** One handler a request. `Callers` says what authorising gives it to work with. */
export type Handlers<Table extends RequestTable, Callers extends AnyCallers<Table> = AnyCallers<Table>> = {
  readonly [Name in keyof Table]: (
    payload: Payload<Table, Name>,
    caller: Callers[Name],
  ) => Promise<Reply<Table, Name>> | Reply<Table, Name>;
};

/**
 * Says on whose behalf a valid request runs, from the permissions table and from what the socket has proven.
 *
 * @throws RequestError when the caller may not send it
 */
export type Authorise<Table extends RequestTable, Callers extends AnyCallers<Table>> = <
  Name extends keyof Table,
>(
  request: Name,
  payload: Payload<Table, Name>,
) => Callers[Name];

interface Service<Table extends RequestTable, Callers extends AnyCallers<Table>> {
  readonly table: Table;
  readonly authorise: Authorise<Table, Callers>;
  readonly handlers: Handlers<Table, Callers>;
  /** No handler runs before. */
  readonly ready: Promise<unknown>;
  readonly log: HubLog;
  readonly counts: Pick<RequestCounts, "answered">;
}

/**
 * Answers every event of a socket: known ones by their handler, all others with a typed error. Nothing reaches a
 * handler that does not fit its schema or was not authorised.
 */
export function serveRequests<Table extends RequestTable, Callers extends AnyCallers<Table>>(
  socket: Socket,
  service: Service<Table, Callers>,
): void {
  const { ready, log, counts } = service;
  const traffic = socket.data.traffic as Traffic; // set in connect.ts, for every socket
  const sent = whenSent(socket);
  socket.onAny((event: string, ...given: unknown[]) => {
    const ack = given.at(-1);
    const refused = traffic.arrived();
    // A request without an acknowledgement cannot be answered, so it does not run either.
    if (typeof ack !== "function") return refused === null ? traffic.answered() : undefined;
    if (refused !== null) {
      counts.answered(event, refused.code);
      return ack({ ok: false, error: refused.toWire() });
    }
    void ready
      .then(() => run(service, event, given.length > 1 ? given[0] : undefined))
      .then(
        (value): Ack<unknown> => ({ ok: true, value }),
        (error: unknown): Ack<unknown> => ({ ok: false, error: toRequestError(error, log, event).toWire() }),
      )
      .then((reply) => {
        counts.answered(event, reply.ok ? null : reply.error.code);
        ack(reply);
        // Who asks and does not read gets no further answers made: each may be a whole page of a log.
        sent(() => traffic.answered());
      });
  });
}

/** Calls back once nothing waits in the hub for this connection any more. One listener, however many wait for it. */
function whenSent({ conn }: Socket): (done: () => void) => void {
  let waiting: (() => void)[] = [];
  conn.on("drain", () => {
    const due = waiting;
    waiting = [];
    for (const done of due) done();
  });
  return (done) => {
    const { writeBuffer } = conn as unknown as { writeBuffer: readonly unknown[] }; // not in the typings
    if (writeBuffer.length === 0) done();
    else waiting.push(done);
  };
}

async function run<Table extends RequestTable, Callers extends AnyCallers<Table>>(
  { table, authorise, handlers }: Service<Table, Callers>,
  event: string,
  given: unknown,
) {
  const name = event as keyof Table; // once it is an own key: `constructor` is a name of every object
  const request = Object.hasOwn(table, name) ? table[name] : undefined;
  if (request === undefined) throw new RequestError("unknown_event");
  const parsed = request.payload.safeParse(given);
  if (!parsed.success) throw invalidMessage(parsed.error);
  // The payload was parsed by this very event's schema, which a name that is still open cannot express in types.
  const payload = parsed.data as Payload<Table, typeof name>;
  return handlers[name](payload, authorise(name, payload));
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
  if (error instanceof StoreFull) return new RequestError("store_full");
  if (error instanceof StoreUnavailable) return new RequestError("store_unavailable");
  log.error({ err: error, event }, "request failed");
  return new RequestError("internal");
}
