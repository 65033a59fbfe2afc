import type { WireError } from "../shared/protocol/errors.ts";

/** Why a request failed: the hub's error, or no answer. */
export type DeliveryFailure = Pick<WireError, "code" | "retryable" | "message"> | "no-answer";

/**
 * What a failure means for what was sent: the session is over; the hub will never take this file; the bytes were
 * not the announced ones; or the same again, later.
 */
export type FailureMeaning = "session-ended" | "file-refused" | "other-bytes" | "try-again";

const MEANINGS: Readonly<Record<string, FailureMeaning>> = {
  session_not_running: "session-ended",
  session_not_found: "session-ended",
  invalid_filename: "file-refused",
  invalid_message: "file-refused",
  file_too_large: "file-refused",
  too_large: "file-refused",
  not_a_measurement: "file-refused",
  file_not_listed: "file-refused",
  hash_mismatch: "other-bytes",
};

/** Whatever says nothing about the file or its session may pass: the file is owed until the hub says otherwise. */
export function meaningOf(failure: DeliveryFailure): FailureMeaning {
  if (failure === "no-answer") return "try-again";
  return Object.hasOwn(MEANINGS, failure.code) ? (MEANINGS[failure.code] ?? "try-again") : "try-again";
}
