import type { TrendFiles } from "./trend-log.ts";

/**
 * When a scan was taken. The instrument writes its own clock into the file (hours as on its screen, no zone);
 * the file's modification time is the PC's. One of them is used for a whole session: a mixture would jump.
 */
export interface ScanClock {
  readonly kind: "instrument" | "file";
  /** Instrument minus PC, from the first scan; for files whose header gives no time. */
  readonly shiftMs: number;
}

type ClockedFiles = Pick<TrendFiles, "next" | "isAnalysed" | "entry">;

/** Further apart, the instrument's clock is wrong: time zones differ by at most 26 h. */
const PLAUSIBLE_MS = 48 * 3_600_000;

/** The clock for a log, judged by its first analysed file; null while there is none. */
export function scanClock(log: ClockedFiles): ScanClock | null {
  for (let offset = 0; offset < log.next; offset++) {
    if (!log.isAnalysed(offset)) continue;
    const shiftMs = log.entry(offset, "started_at_ms") - log.entry(offset, "mtime_ms");
    const plausible = Math.abs(shiftMs) <= PLAUSIBLE_MS;
    return plausible ? { kind: "instrument", shiftMs } : { kind: "file", shiftMs: 0 };
  }
  return null;
}

/** ms since 1970 on that clock. */
export function scanTimeMs(log: ClockedFiles, offset: number, clock: ScanClock): number {
  const modifiedMs = log.entry(offset, "mtime_ms") + clock.shiftMs;
  if (clock.kind === "file") return modifiedMs;
  const startedMs = log.entry(offset, "started_at_ms");
  return Number.isNaN(startedMs) ? modifiedMs : startedMs;
}
