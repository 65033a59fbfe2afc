import { type IntervalHistogram, monitorEventLoopDelay, performance } from "node:perf_hooks";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** How finely the event loop's delay is measured; this much is always in what the monitor says. */
const RESOLUTION_MS = 10;
const LAG_BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
/** Seconds that the shown use of the event loop is the mean of: long enough that one large export is no alarm. */
const MEAN_OVER_S = 30;

/** What this process uses: the event loop, which is the scarce thing of a hub, the processor and the memory. */
export class ProcessLoad {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #lag: Histogram;
  readonly #uses: number[] = [];
  #last = performance.eventLoopUtilization();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#lag = new Histogram({
      name: "benchcast_event_loop_lag_seconds",
      help: "The longest time in each second for which the event loop did not come round.",
      buckets: LAG_BUCKETS_S,
      registers,
    });
    const load = this;
    new Gauge({
      name: "benchcast_event_loop_busy_ratio",
      help: `Part of the last ${MEAN_OVER_S} s in which the event loop worked; at 1 the hub is full.`,
      registers,
      collect() {
        this.set(load.busy());
      },
    });
    addProcessMetrics(registry);
    this.#delay.enable();
  }

  /** Once a second. */
  tick(): void {
    this.#lag.observe(Math.max(0, this.#delay.max / 1e6 - RESOLUTION_MS) / 1_000);
    this.#delay.reset();
    const now = performance.eventLoopUtilization();
    this.#uses.push(performance.eventLoopUtilization(now, this.#last).utilization);
    if (this.#uses.length > MEAN_OVER_S) this.#uses.shift();
    this.#last = now;
  }

  /** Part of the last 30 s in which the event loop worked, 0 to 1. */
  busy(): number {
    const sum = this.#uses.reduce((total, use) => total + use, 0);
    return this.#uses.length === 0 ? 0 : sum / this.#uses.length;
  }

  stop(): void {
    this.#delay.disable();
  }
}

/** The names that every Prometheus client uses for its process. */
function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  new Counter({
    name: "process_cpu_seconds_total",
    help: "Processor time used, user and system.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: "process_start_time_seconds",
    help: "When this process started, s since 1970.",
    registers,
    collect() {
      this.set(performance.timeOrigin / 1_000);
    },
  });
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Memory in use, as the system sees it.",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: "process_heap_bytes",
    help: "Memory in use for JavaScript objects.",
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
}
