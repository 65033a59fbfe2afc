import type { AdminState } from "../../shared/protocol/admin.ts";
import { countText } from "../words/counts.ts";
import { spanText } from "../words/moments.ts";
import { DataTable } from "./data-table.tsx";

export function SessionTable({ state }: { readonly state: AdminState }) {
  return (
    <DataTable
      title="Running sessions"
      columns={["Label", "Agent (hashed ID)", "Technique", "Files", "Age"]}
      empty="No session takes files on this hub."
      rows={state.sessions.map(({ session_id, tag, label, technique, files, created_at_ms }) => ({
        key: session_id,
        cells: [
          label,
          <span class="mono">{tag}</span>,
          technique.toUpperCase(),
          countText(files),
          spanText(state.hub.now_ms - created_at_ms),
        ],
      }))}
    />
  );
}
