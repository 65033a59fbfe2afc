import type { Note } from "../../shared/protocol/note.ts";
import { useViewer, type Viewer } from "../stores/viewer.ts";
import { clockParts } from "../words/moments.ts";
import { markWords, scanWords } from "./note-actions.ts";

/** Everything that was marked or excluded, in the order of the run; one click brings its scan into view. */
export function NoteList() {
  const { notes, mayControl } = useViewer();
  const all = notes.notes.value;
  if (all.length === 0) return null;
  const marks = all.filter(({ kind }) => kind !== "exclude").sort(byPlace);
  const excluded = all.filter(({ kind }) => kind === "exclude").sort(byPlace);
  return (
    <section class="side-section" aria-labelledby="notes-title" data-testid="note-list">
      <div class="side-head">
        <h2 id="notes-title">Marks</h2>
        <span class="quiet">{all.length}</span>
      </div>
      <ul class="note-list">
        {[...marks, ...excluded].map((note) => (
          <NoteItem key={note.note_id} note={note} mayChange={mayControl.value} />
        ))}
      </ul>
    </section>
  );
}

function NoteItem({ note, mayChange }: { readonly note: Note; readonly mayChange: boolean }) {
  const viewer = useViewer();
  const { notes, view } = viewer;
  const offset = "offset" in note.at ? note.at.offset : null;
  const isExclusion = note.kind === "exclude";
  const what = isExclusion
    ? `${offset === null ? "scan" : scanWords(viewer, offset)}${note.electrode === null ? "" : ` E${note.electrode}`} excluded: ${note.text}`
    : markWords(note);
  return (
    <li>
      <button
        type="button"
        class="plain note-open"
        onClick={() => {
          if (offset !== null) view.pinned.value = offset;
          if (mayChange && !isExclusion) notes.edited.value = note.note_id;
        }}
      >
        {what}
        {!isExclusion && <span class="quiet note-place">{placeWords(viewer, note)}</span>}
      </button>
      {mayChange && (
        <button
          type="button"
          class="icon-button"
          aria-label={isExclusion ? `Count again: ${what}` : `Remove ${what}`}
          title={isExclusion ? "Count it again" : "Remove"}
          onClick={() => notes.remove(note, isExclusion ? "It counts again." : `${what}: removed.`)}
        >
          ×
        </button>
      )}
    </li>
  );
}

/** Where a mark stands: at its scan, or at its moment on the clock of the scans. */
function placeWords(viewer: Viewer, { at }: Note): string {
  if ("offset" in at) return scanWords(viewer, at.offset);
  const zone = viewer.view.trend.value?.trend.clock?.kind === "instrument" ? "as-written" : "local";
  return clockParts(at.time_ms, zone, true);
}

function byPlace(a: Note, b: Note): number {
  const at = ({ at: place, created_at_ms }: Note): number =>
    "offset" in place ? place.offset : created_at_ms;
  const kind = (note: Note): number => ("offset" in note.at ? 0 : 1);
  return kind(a) - kind(b) || at(a) - at(b);
}
