import type { AccessRole } from "../../shared/protocol/share-link.ts";
import { clockText } from "../words/moments.ts";

export function roleWords(role: AccessRole): string {
  return role === "view" ? "watch only" : "control";
}

/** When a link ends. @param endMs ms since 1970 on the reader's clock; null for no end */
export function endWords(endMs: number | null, nowMs: number): string {
  return endMs === null ? "until revoked" : `until ${clockText(endMs, nowMs)}`;
}
