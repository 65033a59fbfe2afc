import type { RequestError } from "../../shared/protocol/errors.ts";

/** How long the asker was told to wait; null where no time was named. */
export function retryAfterMs({ details }: RequestError): number | null {
  if (typeof details !== "object" || details === null || !("retry_after_ms" in details)) return null;
  return typeof details.retry_after_ms === "number" ? details.retry_after_ms : null;
}
