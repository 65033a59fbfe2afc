/**
 * The hub's clock as seen from here. Times on the wire are the hub's; "3 s ago" needs the reader's. The
 * difference is learned from messages that carry the hub's time of a moment ago.
 */
export class HubClock {
  /** This computer minus hub, ms; includes the shortest way seen so far. Null: not yet known. */
  private differenceMs: number | null = null;

  /** A message that has just come, about something that the hub did just now. */
  live(hubMs: number, nowMs: number): void {
    const difference = nowMs - hubMs;
    if (this.differenceMs === null || difference < this.differenceMs) this.differenceMs = difference;
  }

  /** Something that the hub did at any time before: it cannot lie in the future. */
  past(hubMs: number, nowMs: number): void {
    if (this.toLocalMs(hubMs) > nowMs) this.differenceMs = nowMs - hubMs;
  }

  /** A moment of the hub on this computer's clock. */
  toLocalMs(hubMs: number): number {
    return hubMs + (this.differenceMs ?? 0);
  }
}
