import type { SessionSummary } from "../../shared/protocol/session.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { plural } from "../words/counts.ts";
import { clockText } from "../words/moments.ts";
import { SessionActions } from "./session-actions.tsx";

/** All sessions of this agent, running ones first. */
export function SessionList() {
  const { sessions, setup, mayControl } = useViewer();
  return (
    <section class="side-section" aria-labelledby="sessions-title">
      <div class="side-head">
        <h2 id="sessions-title">Sessions</h2>
        {mayControl.value && (
          <button type="button" class="plain" onClick={() => setup.open()}>
            New session
          </button>
        )}
      </div>
      <ul class="session-list" data-testid="session-list">
        {sessions.ordered.value.map((session) => (
          <SessionItem key={session.session_id} session={session} />
        ))}
      </ul>
    </section>
  );
}

function SessionItem({ session }: { readonly session: SessionSummary }) {
  const { sessions, clock, mayControl } = useViewer();
  const shown = sessions.shownId.value === session.session_id;
  const running = session.state === "running";
  const at = running ? session.created_at_ms : (session.stopped_at_ms ?? session.created_at_ms);
  const when = `${running ? "running since" : "stopped"} ${clockText(clock.toLocalMs(at), nowMs.value)}`;
  return (
    <li class={shown ? "session-item shown" : "session-item"} data-state={session.state}>
      <button
        type="button"
        class="session-open"
        aria-current={shown ? "true" : undefined}
        onClick={() => sessions.show(session.session_id)}
      >
        <span class="session-name">
          <span class={running ? "dot running" : "dot"} aria-hidden="true" />{" "}
          <span class={session.label === session.filters.pattern ? "mono" : ""}>{session.label}</span>
        </span>
        <span class="quiet">
          {when} · {plural(session.head, "file")}
        </span>
      </button>
      {shown && mayControl.value && <SessionActions key={session.session_id} session={session} />}
    </li>
  );
}
