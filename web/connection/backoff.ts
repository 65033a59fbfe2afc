/** Waits between attempts to reach the hub, ms; the last one repeats. A person at the screen waits with it. */
const WAITS_MS = [500, 1000, 2000, 3000] as const;
/** Part of the wait that is random: after a hub's restart not everybody comes back in one moment. */
const SPREAD = 0.5;

/**
 * How long to wait before the `attempt`-th attempt (from 0).
 *
 * @param chance uniform in [0, 1)
 */
export function waitBeforeMs(attempt: number, chance: number): number {
  const wait = WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)] ?? 3000;
  return Math.round(wait * (1 - SPREAD / 2 + SPREAD * chance));
}
