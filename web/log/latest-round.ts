import type { SessionLog } from "./session-log.ts";
import type { Trace } from "./trace.ts";

/**
 * The newest file of every frequency: what a reader who follows looks at. A round is measured one frequency after
 * the other; showing only what has come of the newest one would make the picture blink.
 *
 * @returns offsets, lowest frequency first
 */
export function latestRound(log: SessionLog, traces: Iterable<Trace>): number[] {
  const newest = new Map<number, number>();
  for (const trace of traces) {
    const offset = newestOffset(log, trace);
    const frequency = trace.id.frequencyHz ?? 0;
    if (offset !== null && offset > (newest.get(frequency) ?? -1)) newest.set(frequency, offset);
  }
  return [...newest].sort(([a], [b]) => a - b).map(([, offset]) => offset);
}

/** The last result of a trace that no newer revision of its file replaced. */
function newestOffset(log: SessionLog, trace: Trace): number | null {
  const offsets = trace.column("offset");
  for (let row = trace.length - 1; row >= 0; row--) {
    if (log.isCurrent(offsets.at(row))) return offsets.at(row);
  }
  return null;
}
