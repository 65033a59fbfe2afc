import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { endWords } from "./link-words.ts";

/** In the state line: that this page only watches, and until when its link works. */
export function AccessNote() {
  const { membership, clock } = useViewer();
  const state = membership.state.value;
  if (state.kind !== "joined" || state.credential.kind === "user-id") return null;
  const end = state.endsAtMs === null ? null : clock.toLocalMs(state.endsAtMs);
  const word = state.role === "view" ? "View only" : "Shared with you";
  return (
    <span
      class="state-detail"
      data-testid="access-note"
      title={`This link works ${endWords(end, nowMs.value)}.`}
    >
      {word}
    </span>
  );
}

/** For who only watches, while there is nothing to watch. */
export function NothingToWatch() {
  const { membership } = useViewer();
  return (
    <div class="said" role="status">
      <h1>No session yet.</h1>
      <p>
        The first one on {membership.agent.value?.name} appears here as soon as somebody with control starts
        it.
      </p>
    </div>
  );
}
