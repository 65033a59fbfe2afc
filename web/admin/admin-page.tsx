import { ThemeToggle } from "../session/theme-toggle.tsx";
import { ActionButton } from "./action-button.tsx";
import { AgentTable } from "./agent-table.tsx";
import { Glance } from "./glance.tsx";
import type { HubAdmin } from "./hub-admin.ts";
import { HubTable } from "./hub-table.tsx";
import { LookupForm } from "./lookup-form.tsx";
import { RateBars } from "./rate-bars.tsx";
import { SessionTable } from "./session-table.tsx";
import { TaskTable } from "./task-table.tsx";
import { TokenForm } from "./token-form.tsx";
import { ViewerTable } from "./viewer-table.tsx";
import { WaitTable } from "./wait-table.tsx";

/** One hub, as whoever runs it sees it. */
export function AdminPage({ admin }: { readonly admin: HubAdmin }) {
  const state = admin.state.value;
  return (
    <main class="admin">
      <header class="row admin-head">
        <h1>Benchcast hub</h1>
        {state !== null && (
          <span class={state.hub.not_ready === null ? "quiet" : "problem"} data-testid="readiness">
            {state.hub.not_ready ?? "ready"}
          </span>
        )}
        <span class="admin-actions row">
          {state?.hub.can_back_up && (
            <ActionButton label="Back up now" question={null} act={() => admin.act("back_up", {})} />
          )}
          {state !== null && (
            <ActionButton
              label="Drain this hub"
              question="Everybody is sent away and this hub ends. Drain it?"
              act={() => admin.act("drain", {})}
            />
          )}
          {admin.hasToken.value && (
            <button type="button" onClick={() => admin.leave()}>
              Sign out
            </button>
          )}
          <ThemeToggle />
        </span>
      </header>
      <p class="note problem" role="status" data-testid="problem">
        {admin.problem.value}
      </p>
      {!admin.hasToken.value && <TokenForm admin={admin} />}
      {state !== null && (
        <>
          {state.hub.warnings.map((warning) => (
            <p class="problem" key={warning}>
              {warning}
            </p>
          ))}
          <Glance state={state} />
          <RateBars perMinute={state.files_per_minute} />
          <LookupForm admin={admin} />
          <AgentTable admin={admin} state={state} />
          <SessionTable state={state} />
          <ViewerTable admin={admin} state={state} />
          <TaskTable admin={admin} state={state} />
          <WaitTable waits={state.waits_by_hour} />
          <HubTable state={state} />
        </>
      )}
    </main>
  );
}
