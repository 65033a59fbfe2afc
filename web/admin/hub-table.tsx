import type { AdminState } from "../../shared/protocol/admin.ts";
import { countText } from "../words/counts.ts";
import { DataTable } from "./data-table.tsx";

export function HubTable({ state }: { readonly state: AdminState }) {
  return (
    <DataTable
      title="Hubs"
      columns={["Hub", "Agents", ""]}
      empty="No hub has an agent."
      rows={state.hubs.map(({ hub_id, agents, this_hub }) => ({
        key: hub_id,
        cells: [<span class="mono">{hub_id}</span>, countText(agents), this_hub ? "this one" : ""],
      }))}
    />
  );
}
