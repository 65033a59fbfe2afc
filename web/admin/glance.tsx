import type { AdminState } from "../../shared/protocol/admin.ts";
import { countText } from "../words/counts.ts";
import { agoText, spanText } from "../words/moments.ts";

const MIB = 1024 ** 2;

/** The numbers that are looked at first; each is a series of `/metrics`. */
export function Glance({ state }: { readonly state: AdminState }) {
  const { hub, numbers, refusals } = state;
  const count = (name: string) => countText(numbers[name] ?? 0);
  const percent = (name: string) => `${Math.round(100 * (numbers[name] ?? 0))} %`;
  const mib = (name: string) => `${countText((numbers[name] ?? 0) / MIB)} MiB`;
  const backup_s = numbers.benchcast_backup_last_success_timestamp_seconds ?? 0;
  const facts: readonly (readonly [string, string])[] = [
    ["Agents", count("benchcast_agents_connected")],
    ["Viewers", count("benchcast_viewers_connected")],
    ["Sessions running", count("benchcast_sessions_running")],
    ["Files stored", count("benchcast_files_total/stored")],
    ["Duplicates", count("benchcast_files_total/duplicate")],
    ["Rejected", count("benchcast_files_total/rejected")],
    ["Failed", count("benchcast_files_total/failed")],
    ["Received", mib("benchcast_file_bytes_received_total")],
    ["Pushes dropped", count("benchcast_pushes_total/dropped")],
    ["Tasks running", count("benchcast_tasks/running")],
    ["Tasks queued", count("benchcast_tasks/queued")],
    ["Event loop busy", percent("benchcast_event_loop_busy_ratio")],
    ["How full", percent("benchcast_scale_out_ratio")],
    ["Memory", mib("process_resident_memory_bytes")],
    ["Last backup", backup_s === 0 ? "none" : agoText(hub.now_ms - backup_s * 1_000)],
    ["Version", hub.version],
    ["Storage", hub.storage],
    ["Up for", spanText(hub.now_ms - hub.started_at_ms)],
    ["Refusals", refusals.map(({ code, count: many }) => `${code} ${countText(many)}`).join(", ") || "none"],
  ];
  return (
    <dl class="glance" data-testid="glance">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
