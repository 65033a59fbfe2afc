import type { Registry } from "prom-client";

/** Series that the admin page shows: a name of `/metrics`, with the one label that tells its series apart, if any. */
const SHOWN: Readonly<Record<string, string | null>> = {
  benchcast_agents_connected: null,
  benchcast_viewers_connected: null,
  benchcast_sessions_running: null,
  benchcast_tasks: "state",
  benchcast_files_received_total: null,
  benchcast_files_total: "outcome",
  benchcast_file_bytes_received_total: null,
  benchcast_pushes_total: "outcome",
  benchcast_event_loop_busy_ratio: null,
  benchcast_scale_out_ratio: null,
  benchcast_backup_last_success_timestamp_seconds: null,
  process_resident_memory_bytes: null,
};

const REFUSALS = "benchcast_refusals_total";

export interface Summary {
  /** `name` or `name/label value`. */
  readonly numbers: Record<string, number>;
  readonly refusals: { readonly code: string; readonly count: number }[];
}

/** Reads the shown series out of the registry itself, so that page and `/metrics` cannot differ. */
export async function summarise(registry: Registry): Promise<Summary> {
  const numbers: Record<string, number> = {};
  for (const [name, label] of Object.entries(SHOWN)) {
    const values = (await registry.getSingleMetric(name)?.get())?.values ?? [];
    for (const { labels, value } of values)
      numbers[label === null ? name : `${name}/${String(labels[label])}`] = value;
  }
  const refused = (await registry.getSingleMetric(REFUSALS)?.get())?.values ?? [];
  const refusals = refused
    .map(({ labels, value }) => ({ code: String(labels.code), count: value }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  return { numbers, refusals };
}
