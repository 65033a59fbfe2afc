/** Time as the agent's parts see it, so that a test can run an hour in a millisecond. */
export interface Clock {
  /** ms from an arbitrary start; never jumps, whatever happens to the wall clock. */
  monotonicMs(): number;
  /** ms since 1970 by this computer's clock, which may be wrong. */
  wallMs(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
