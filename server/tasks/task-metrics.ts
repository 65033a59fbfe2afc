/** Where a hub's numbers about tasks go. */
export interface TaskMetrics {
  /** A task began after so long in the queue. */
  started(waitMs: number): void;
  /** A task ended here. `eta`: its first estimate while it ran, and what came of it; null where there was none. */
  ended(outcome: "done" | "failed" | "cancelled", eta: EstimateCheck | null): void;
  /** A catch-up came to its end: its first estimate, and what came of it. */
  foretold(eta: EstimateCheck): void;
}

/** Both in ms, from the moment of the estimate on. */
export interface EstimateCheck {
  readonly foretoldMs: number;
  readonly tookMs: number;
}
