import { type ReadonlySignal, signal } from "@preact/signals";

/** How often the way to the hub is measured. */
const EVERY_MS = 10_000;
/** Measurements that the shown number is the median of. */
const WINDOW = 5;

/** Measures the way to the hub and back with a small request that is useful in itself. */
export class LatencyProbe {
  /** Median round trip, ms; null until measured. */
  readonly roundTripMs: ReadonlySignal<number | null>;
  private readonly median = signal<number | null>(null);
  private readonly ask: () => Promise<void>;
  private latest: number[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(ask: () => Promise<void>) {
    this.ask = ask;
    this.roundTripMs = this.median;
  }

  start(): void {
    this.stop();
    void this.measure();
    this.timer = setInterval(() => void this.measure(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.latest = [];
    this.median.value = null;
  }

  private async measure(): Promise<void> {
    const from = performance.now();
    await this.ask();
    this.latest = [...this.latest, performance.now() - from].slice(-WINDOW);
    this.median.value = this.latest.toSorted((a, b) => a - b)[this.latest.length >> 1] ?? null;
  }
}
