import type { SessionLog } from "./session-log.ts";
import type { Trace } from "./trace.ts";
import type { Trend } from "./trend.ts";

/**
 * What "latest" means: the newest measurement, the last one along the shown axis. While files catch up, or one is sent
 * again, what was logged last may be hours old; on a live run both are the same.
 */

/** The last analysed file along the axis, null while there is none. */
export function latestScan(log: SessionLog, trend: Trend): number | null {
  for (let at = trend.offsets.length - 1; at >= 0; at--) {
    const offset = trend.offsets.at(at);
    if (log.isAnalysed(offset)) return offset;
  }
  return null;
}

/**
 * The newest file of every frequency: what a reader who follows looks at. A round is measured one frequency after
 * the other; showing only what has come of the newest one would make the picture blink.
 *
 * @returns offsets, lowest frequency first
 */
export function latestRound(trend: Trend, traces: Iterable<Trace>): number[] {
  const newest = new Map<number, { readonly x: number; readonly offset: number }>();
  for (const { key, id } of traces) {
    const line = trend.lines.get(key);
    if (line === undefined || line.xs.length === 0) continue;
    const last = { x: line.xs.at(line.xs.length - 1), offset: line.offsets.at(line.offsets.length - 1) };
    const frequency = id.frequencyHz ?? 0;
    const best = newest.get(frequency);
    if (best === undefined || last.x > best.x || (last.x === best.x && last.offset > best.offset))
      newest.set(frequency, last);
  }
  return [...newest].sort(([a], [b]) => a - b).map(([, { offset }]) => offset);
}
