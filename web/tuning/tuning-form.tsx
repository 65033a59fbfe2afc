import type { SessionSummary } from "../../shared/protocol/session.ts";
import { ParamsForm } from "../params/params-form.tsx";
import { useViewer } from "../stores/viewer.ts";
import { plural } from "../words/counts.ts";

/** Other parameters: tried on the scan in view while typing, then applied to every scan, or dropped. */
export function TuningForm({ session }: { readonly session: SessionSummary }) {
  const { tuning } = useViewer();
  const draft = tuning.draft.value;
  const reading = tuning.reading.value;
  if (draft === null || reading === null) return null;
  return (
    <form
      class="adjust tuning"
      onSubmit={(event) => {
        event.preventDefault();
        if (tuning.changed.value) void tuning.apply();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") tuning.close();
      }}
    >
      <ParamsForm
        name="tune"
        draft={draft}
        problems={reading.ok ? {} : reading.problems}
        onEdit={(next) => tuning.edit(next)}
      />
      <div class="tuning-actions">
        <p class="note" role="status">
          {tuning.refusal.value ?? tuning.problem.value ?? whatHappens(session, tuning.changed.value)}
        </p>
        <div class="row">
          <button
            type="submit"
            class="primary"
            data-testid="tune-apply"
            disabled={!tuning.changed.value || tuning.applying.value}
          >
            Apply to all
          </button>
          <button type="button" class="plain" data-testid="tune-drop" onClick={() => tuning.close()}>
            {tuning.changed.value ? "Drop the changes" : "Close"}
          </button>
        </div>
      </div>
    </form>
  );
}

function whatHappens({ head }: SessionSummary, changed: boolean): string {
  if (!changed) return "Change something: the scan in view follows at once.";
  return `The scan in view shows it now. Applied, it counts for ${plural(head, "file")} and all that follow, for everybody.`;
}
