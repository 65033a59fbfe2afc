import type { AdminState } from "../../shared/protocol/admin.ts";
import { spanText } from "../words/moments.ts";
import { ActionButton } from "./action-button.tsx";
import { DataTable } from "./data-table.tsx";
import type { HubAdmin } from "./hub-admin.ts";

export function TaskTable({ admin, state }: { readonly admin: HubAdmin; readonly state: AdminState }) {
  return (
    <DataTable
      title="Tasks"
      columns={["Task", "Kind", "Agent (hashed ID)", "State", "Waited", "Ends in", ""]}
      empty="Nothing waits and nothing runs."
      rows={state.tasks.map(
        ({ task_id, kind, label, tag, state: standing, position, waited_ms, eta_ms }) => ({
          key: task_id,
          cells: [
            label,
            kind,
            <span class="mono">{tag}</span>,
            position === null ? standing : `${standing}, ${position}`,
            spanText(waited_ms),
            eta_ms === null ? "not known yet" : spanText(eta_ms),
            <ActionButton
              label="Cancel"
              question={`Cancel ${label}?`}
              act={() => admin.act("cancel_task", { tag, task_id })}
            />,
          ],
        }),
      )}
    />
  );
}
