import type { SessionLog } from "./session-log.ts";

/**
 * Files that were measured as one round: the same file number at other frequencies. Of several with one
 * frequency the nearest in the log counts, and a file always stands for its own frequency.
 *
 * @returns offsets, lowest frequency first
 */
export function scanGroup(log: SessionLog, offset: number): number[] {
  const nearest = new Map<number, number>([[frequency(log, offset), offset]]);
  for (const other of log.withFileNumber(log.entry(offset, "file_number"))) {
    if (!log.isCurrent(other) || !log.isAnalysed(other)) continue;
    const key = frequency(log, other);
    const best = nearest.get(key);
    if (best === offset) continue;
    if (best === undefined || Math.abs(other - offset) < Math.abs(best - offset)) nearest.set(key, other);
  }
  return [...nearest].sort(([a], [b]) => a - b).map(([, member]) => member);
}

/** Hz; 0 where the file does not say. */
function frequency(log: SessionLog, offset: number): number {
  return log.entry(offset, "frequency_hz") || 0;
}
