import type { AdminState } from "../../shared/protocol/admin.ts";
import { countText } from "../words/counts.ts";
import { spanText } from "../words/moments.ts";
import { ActionButton } from "./action-button.tsx";
import { DataTable } from "./data-table.tsx";
import type { HubAdmin } from "./hub-admin.ts";

export function AgentTable({ admin, state }: { readonly admin: HubAdmin; readonly state: AdminState }) {
  return (
    <DataTable
      title="Agents"
      columns={["Name", "ID (hashed)", "Connected", "Version", "Sessions", "Viewers", "Owes", ""]}
      empty="No agent is connected to this hub."
      rows={state.agents.map(({ tag, name, since_ms, version, sessions, viewers, files }) => ({
        key: tag,
        cells: [
          name,
          <span class="mono">{tag}</span>,
          spanText(state.hub.now_ms - since_ms),
          version,
          countText(sessions),
          countText(viewers),
          files === null ? "" : `${countText(files.owed)} of ${countText(files.matching)} files`,
          <ActionButton
            label="Disconnect"
            question={`Disconnect ${name}?`}
            act={() => admin.act("disconnect_agent", { tag })}
          />,
        ],
      }))}
    />
  );
}
