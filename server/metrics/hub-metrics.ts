import { Gauge, Registry } from "prom-client";
import { BackupCounts } from "./backup-counts.ts";
import { FileFlow } from "./file-flow.ts";
import { addLiveGauges, type LiveNumbers } from "./live-numbers.ts";
import { ProcessLoad } from "./process-load.ts";
import { RequestCounts } from "./request-counts.ts";
import { addScaleOutGauge, scaleOutSignal } from "./scale-out.ts";
import { StoreTiming } from "./store-timing.ts";
import { type Summary, summarise } from "./summary.ts";
import { TaskCounts } from "./task-counts.ts";
import { ViewerFlow } from "./viewer-flow.ts";

/**
 * What a hub counts of itself. Filled at its edges (around the store, the request wrapper and the pushes), never in
 * the core; names and units follow Prometheus' conventions, and no label holds anything that a client can make up.
 */
export class HubMetrics {
  readonly registry = new Registry();
  readonly files: FileFlow;
  readonly viewers = new ViewerFlow(this.registry);
  readonly requests = new RequestCounts(this.registry);
  readonly store = new StoreTiming(this.registry);
  readonly tasks: TaskCounts;
  readonly backups = new BackupCounts(this.registry);
  readonly load = new ProcessLoad(this.registry);

  constructor(now: () => number) {
    this.files = new FileFlow(this.registry, now);
    this.tasks = new TaskCounts(this.registry, now);
  }

  /** Adds what is read from the hub itself, once there is one. */
  observe(read: () => LiveNumbers, about: { readonly version: string; readonly storage: string }): void {
    addLiveGauges(this.registry, read);
    addScaleOutGauge(this.registry, () => scaleOutSignal(this.load.busy(), read()));
    new Gauge({
      name: "benchcast_build_info",
      help: "Always 1; the labels say which version runs on which storage.",
      labelNames: ["version", "storage"],
      registers: [this.registry],
    }).set({ ...about }, 1);
  }

  /** What the admin page shows of it. */
  numbers(): Promise<Summary> {
    return summarise(this.registry);
  }

  /** As Prometheus reads it. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
