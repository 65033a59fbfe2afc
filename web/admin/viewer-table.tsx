import type { AdminState } from "../../shared/protocol/admin.ts";
import { spanText } from "../words/moments.ts";
import { ActionButton } from "./action-button.tsx";
import { DataTable } from "./data-table.tsx";
import type { HubAdmin } from "./hub-admin.ts";

export function ViewerTable({ admin, state }: { readonly admin: HubAdmin; readonly state: AdminState }) {
  return (
    <DataTable
      title="Viewers"
      columns={["Watches (hashed ID)", "From", "Connected", ""]}
      empty="Nobody watches on this hub."
      rows={state.viewers.map(({ viewer_id, tag, address, since_ms }) => ({
        key: viewer_id,
        cells: [
          <span class="mono">{tag ?? "nothing yet"}</span>,
          <span class="mono">{address}</span>,
          spanText(state.hub.now_ms - since_ms),
          <ActionButton
            label="Disconnect"
            question="Disconnect this viewer?"
            act={() => admin.act("disconnect_viewer", { viewer_id })}
          />,
        ],
      }))}
    />
  );
}
