import { Gauge, type Registry } from "prom-client";

/** What is true of a hub at this moment; the one source of `/metrics`, `/health`, the statistics and the admin page. */
export interface LiveNumbers {
  readonly agents: number;
  readonly viewers: number;
  /** Sessions that take files on this hub. */
  readonly sessions: number;
  readonly tasks: { readonly queued: number; readonly running: number };
  /** Tasks that all hubs together may run at once, where each may run as many as this one. */
  readonly task_places: number;
  readonly store_works: boolean;
  readonly ready: boolean;
}

/** Gauges that are read from the hub when somebody asks, and cost nothing in between. */
export function addLiveGauges(registry: Registry, read: () => LiveNumbers): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: (numbers: LiveNumbers) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(read()));
      },
    });
  gauge("benchcast_agents_connected", "Agents that are connected to this hub.", ({ agents }) => agents);
  gauge(
    "benchcast_viewers_connected",
    "Viewers on this hub that have joined an agent.",
    ({ viewers }) => viewers,
  );
  gauge("benchcast_sessions_running", "Sessions that take files on this hub.", ({ sessions }) => sessions);
  gauge("benchcast_ready", "1 while this hub takes new connections, else 0.", ({ ready }) => Number(ready));
  gauge("benchcast_store_up", "1 while the store works, else 0.", ({ store_works }) => Number(store_works));
  new Gauge({
    name: "benchcast_tasks",
    help: "Tasks by state: queued on the store for all hubs, running on this one.",
    labelNames: ["state"],
    registers,
    collect() {
      const { queued, running } = read().tasks;
      this.set({ state: "queued" }, queued);
      this.set({ state: "running" }, running);
    },
  });
}
