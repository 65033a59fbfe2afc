import type { WireError } from "../../shared/protocol/errors.ts";

/** What Socket.IO says of a connection that was not made. */
export interface ConnectionFailure {
  /** The hub's refusal of the handshake. */
  readonly data?: unknown;
  /** The request of the polling transport that failed. */
  readonly context?: unknown;
}

/** The hub's own words about a failed connection; null where it was not even reached. */
export function refusalOf({
  data,
  context,
}: ConnectionFailure): Pick<WireError, "message" | "retryable"> | null {
  return readRefusal(data) ?? readRefusal(bodyOf(context));
}

function readRefusal(value: unknown): Pick<WireError, "message" | "retryable"> | null {
  if (typeof value !== "object" || value === null) return null;
  const { message, retryable } = value as Partial<WireError>; // checked in the next line
  return typeof message === "string" ? { message, retryable: retryable !== false } : null;
}

/** What is refused before there is a connection stands in the reply to the poll. */
function bodyOf(context: unknown): unknown {
  if (typeof context !== "object" || context === null || !("responseText" in context)) return null;
  try {
    const body: unknown = JSON.parse(String(context.responseText));
    return typeof body === "object" && body !== null && "error" in body ? body.error : null;
  } catch {
    return null;
  }
}
