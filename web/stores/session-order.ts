import type { SessionSummary } from "../../shared/protocol/session.ts";

/** Running sessions first, the newest of each first. */
export function sessionOrder(sessions: readonly SessionSummary[]): SessionSummary[] {
  const rank = (session: SessionSummary): number => (session.state === "running" ? 0 : 1);
  return [...sessions].sort((a, b) => rank(a) - rank(b) || b.created_at_ms - a.created_at_ms);
}

/**
 * The session to show: the one that was shown, while it exists; else the newest running one; else the newest.
 * Null: there is none.
 */
export function chooseSession(sessions: readonly SessionSummary[], shown: string | null): string | null {
  if (sessions.some((session) => session.session_id === shown)) return shown;
  return sessionOrder(sessions)[0]?.session_id ?? null;
}
