import { useViewer } from "../stores/viewer.ts";

/** Hands the shown session over as a table of numbers. */
export function ExportButton() {
  const { exports, sessions } = useViewer();
  const state = exports.state.value;
  const id = sessions.shownId.value;
  return (
    <>
      <button
        type="button"
        data-testid="export"
        aria-keyshortcuts="e"
        disabled={state.kind === "asking" || id === null}
        onClick={() => id !== null && void exports.csv(id)}
      >
        Export CSV
      </button>
      <span class="visually-hidden" role="status">
        {state.kind === "ready" ? `${state.filename} is being downloaded.` : ""}
      </span>
    </>
  );
}
