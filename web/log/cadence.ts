import { tellsIntervals } from "../../shared/trends/scan-clock.ts";
import type { SessionLog } from "./session-log.ts";
import type { Trend } from "./trend.ts";

/** Scans that the usual interval is taken from. */
const WINDOW = 21;

/**
 * Usual time between two files, ms: the median over the latest ones, in the instrument's own time, so that a
 * catch-up at full speed does not count. Null until there are three, and where only the order of the files is known.
 */
export function usualIntervalMs(log: SessionLog, trend: Trend): number | null {
  if (log.next < 3 || !tellsIntervals(trend.clock)) return null;
  const gaps: number[] = [];
  for (let offset = Math.max(1, log.next - WINDOW + 1); offset < log.next; offset++) {
    const gap = trend.timeMs(offset) - trend.timeMs(offset - 1);
    if (Number.isFinite(gap)) gaps.push(Math.abs(gap));
  }
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? null;
}
