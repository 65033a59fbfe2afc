import { Gauge, type Registry } from "prom-client";
import type { LiveNumbers } from "./live-numbers.ts";

/** This many queued tasks for each place count as a full hub: the next one waits for two others. */
const QUEUED_PER_PLACE = 2;

/**
 * How full this hub is, 0 to 1: the larger of the part of the last 30 s in which the event loop worked (one process
 * has one) and the queue's length against twice the tasks that all hubs may run at once. Add a hub while the mean over hubs
 * stays above 0.7, remove one while it stays below 0.25.
 */
export function scaleOutSignal(busy: number, { tasks, task_places }: LiveNumbers): number {
  const queue = tasks.queued / (QUEUED_PER_PLACE * Math.max(1, task_places));
  return Math.min(1, Math.max(busy, queue));
}

export function addScaleOutGauge(registry: Registry, read: () => number): void {
  new Gauge({
    name: "benchcast_scale_out_ratio",
    help: "How full this hub is, 0 to 1: max(event loop busy over 30 s, queued tasks / (2 x tasks that all hubs may run)).",
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
