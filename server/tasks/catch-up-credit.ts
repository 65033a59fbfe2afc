import type { Credit } from "../../shared/protocol/agent-events.ts";
import { CREDIT } from "../../shared/protocol/limits.ts";

/** Old files that all agents together may have under way: eight times what is worked on at once. */
const CATCH_UP_POOL = 16;

/**
 * The window of one agent: while it catches up, its share of what all who do may have under way, and a place for a
 * live file. Absolute, so a lost reply cannot leak any of it.
 *
 * @param weights of all agents that are catching up, this one among them
 */
export function shareOf(weight: number, weights: readonly number[]): Credit {
  const all = weights.reduce((sum, each) => sum + each, 0);
  const share = Math.floor((CATCH_UP_POOL * weight) / Math.max(1, all));
  return { files: 1 + Math.min(CREDIT.files - 1, Math.max(1, share)), bytes: CREDIT.bytes };
}
