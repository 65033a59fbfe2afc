import type { WireError } from "../../shared/protocol/errors.ts";
import type { PayloadOf, ReplyOf } from "../../shared/protocol/event-maps.ts";
import type { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";

/** Questions to the hub and what becomes of them. */

type Requests = typeof VIEWER_REQUESTS;
export type RequestName = keyof Requests;
export type Payload<Name extends RequestName> = PayloadOf<Requests, Name>;
export type Reply<Name extends RequestName> = ReplyOf<Requests, Name>;

/** Local reasons for which a request has no answer; they join the hub's own errors. */
export type LinkError = {
  readonly code: "disconnected" | "no_answer";
  readonly message: string;
  readonly retryable: true;
  readonly details?: unknown;
};
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError | LinkError };

/** Whatever brings questions to a hub. Always answered: by the hub, or with why there is no answer. */
export interface AsksHub {
  request<Name extends RequestName>(name: Name, payload: Payload<Name>): Promise<Outcome<Reply<Name>>>;
}
