import { type ScanClock, scanTimeMs } from "../../shared/trends/scan-clock.ts";
import type { SessionLog } from "./session-log.ts";

/** Scans that the usual interval is taken from. */
const WINDOW = 21;

/**
 * Usual time between two files, ms: the median over the latest ones, in the instrument's own time, so that a
 * catch-up at full speed does not count. Null until there are three.
 */
export function usualIntervalMs(log: SessionLog, clock: ScanClock | null): number | null {
  if (clock === null || log.next < 3) return null;
  const gaps: number[] = [];
  for (let offset = Math.max(1, log.next - WINDOW + 1); offset < log.next; offset++) {
    const gap = scanTimeMs(log, offset, clock) - scanTimeMs(log, offset - 1, clock);
    if (Number.isFinite(gap)) gaps.push(Math.abs(gap));
  }
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? null;
}
