import { useViewer } from "../stores/viewer.ts";
import { ExclusionFields } from "./exclusion-fields.tsx";
import { MarkFields } from "./mark-fields.tsx";

/** One line above the plot: the fields of a mark, the reason of an exclusion, or what was just done. */
export function MarkStrip() {
  const { notes, mayControl } = useViewer();
  const edited = notes.notes.value.find(({ note_id }) => note_id === notes.edited.value);
  const problem = notes.problem.value;
  if (problem !== null) return <Said words={problem} />;
  if (edited !== undefined && mayControl.value) return <MarkFields note={edited} key={edited.note_id} />;
  if (notes.excluding.value !== null)
    return <ExclusionFields offset={notes.excluding.value} key={notes.excluding.value} />;
  const undo = notes.undo.value;
  return undo === null ? null : <Said words={undo.words} back={undo.back} />;
}

function Said({ words, back }: { readonly words: string; readonly back?: () => void }) {
  const { notes } = useViewer();
  const dismiss = (): void => {
    notes.undo.value = null;
    notes.problem.value = null;
  };
  return (
    <div class="strip" role="status" data-testid="note-said">
      <span>{words}</span>
      {back !== undefined && (
        <button
          type="button"
          data-testid="undo"
          aria-keyshortcuts="z"
          onClick={() => {
            dismiss();
            back();
          }}
        >
          Undo <kbd>Z</kbd>
        </button>
      )}
      <button type="button" class="plain" onClick={dismiss}>
        Dismiss
      </button>
    </div>
  );
}
