import { AccessNote } from "../share/access-note.tsx";
import { ShareButton } from "../share/share-dialog.tsx";
import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { agoText } from "../words/moments.ts";
import { ExportButton } from "./export-button.tsx";
import { HelpButton } from "./help-dialog.tsx";
import { StateShape } from "./state-shape.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

/** Is it alive? The agent, its state, the last scan, and how far the hub is. */
export function StateLine() {
  const viewer = useViewer();
  const { membership, sessions, setup } = viewer;
  const state = viewer.liveness.value;
  return (
    <header class="state-line" data-testid="state-line" data-state={state?.kind}>
      <span class="brand-small">Benchcast</span>
      <span class="agent-name">{membership.agent.value?.name}</span>
      {state !== null && (
        <span class={`state state-${state.kind}`}>
          <StateShape kind={state.kind} /> <span class="state-word">{state.word}</span>
        </span>
      )}
      <AccessNote />
      <LastScan />
      <RoundTrip />
      <span class="visually-hidden" role="status">
        {`${membership.agent.value?.name ?? "Agent"}: ${state?.kind === "catching-up" ? "catching up" : state?.word}`}
      </span>
      <span class="state-actions">
        <ShareButton />
        {sessions.shown.value !== null && !setup.active.value && <ExportButton />}
        <HelpButton />
        <ThemeToggle />
      </span>
    </header>
  );
}

function LastScan() {
  const { lastScanMs } = useViewer();
  const last = lastScanMs.value;
  if (last === null) return null;
  return <span class="state-detail">last scan {agoText(nowMs.value - last)}</span>;
}

function RoundTrip() {
  const { latency, link } = useViewer();
  const ms = latency.roundTripMs.value;
  if (ms === null || link.state.value.kind !== "connected") return null;
  return (
    <span class="state-detail state-latency" title="To the hub and back">
      {Math.max(1, Math.round(ms))} ms
    </span>
  );
}
