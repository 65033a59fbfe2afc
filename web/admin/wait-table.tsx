import type { AdminState } from "../../shared/protocol/admin.ts";
import { countText } from "../words/counts.ts";
import { clockText, spanText } from "../words/moments.ts";
import { DataTable } from "./data-table.tsx";

/** How long tasks waited, by the hour in which they were begun: when to expect crowds. */
export function WaitTable({ waits }: { readonly waits: AdminState["waits_by_hour"] }) {
  return (
    <DataTable
      title="Waits by hour"
      columns={["Hour", "Tasks", "Mean wait", "Longest"]}
      empty="No task was begun in the last 24 hours."
      rows={waits.map(({ hour_ms, count, mean_ms, longest_ms }) => ({
        key: String(hour_ms),
        cells: [clockText(hour_ms, Date.now()), countText(count), spanText(mean_ms), spanText(longest_ms)],
      }))}
    />
  );
}
