/** Shortest and longest wait on average, ms. */
const SHORT_MS = 600;
const LONG_MS = 1_700;
/** Whoever was away for t looks again after a third of it: short outages end soon, long ones cost few attempts. */
const PART_OF_ABSENCE = 1 / 3;
/** Wide, or all clients of a hub that died would knock at another one in the same moment: 2,000 come within 0.9 s. */
const SPREAD = { from: 0.25, to: 1.75 };

/**
 * How long agents and viewers wait before they try to reach the hub again, ms: 0.15 to 1.05 s at first, never over 3 s.
 *
 * @param awayMs since the connection was lost
 * @param chance uniform in [0, 1)
 */
export function waitToReturnMs(awayMs: number, chance: number): number {
  const average = Math.min(LONG_MS, Math.max(SHORT_MS, awayMs * PART_OF_ABSENCE));
  return Math.round(average * (SPREAD.from + (SPREAD.to - SPREAD.from) * chance));
}
