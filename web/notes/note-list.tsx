import type { Note } from "../../shared/protocol/note.ts";
import { shownMs } from "../../shared/trends/scan-clock.ts";
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
  const replacement = isExclusion ? replacementOf(viewer, note) : null;
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
      {replacement !== null && <Replaced note={note} replacement={replacement} mayChange={mayChange} />}
    </li>
  );
}

interface ReplacedProps {
  readonly note: Note;
  /** The file that counts in the place of the excluded one. */
  readonly replacement: number;
  readonly mayChange: boolean;
}

/** An exclusion is of a measurement: one that was measured anew counts, which nobody may overlook. */
function Replaced({ note, replacement, mayChange }: ReplacedProps) {
  const viewer = useViewer();
  const { text, electrode } = note;
  const what = `${scanWords(viewer, replacement)}${electrode === null ? "" : `, electrode ${electrode},`}`;
  const exclude = (): void => {
    const wish = { kind: "exclude", at: { offset: replacement }, electrode, text } as const;
    viewer.notes.add(wish, `Excluded the newer ${what} from the trends, too: ${text}.`);
  };
  return (
    <div class="note-replaced" data-testid="note-replaced">
      <button
        type="button"
        class="plain note-open"
        onClick={() => {
          viewer.view.pinned.value = replacement;
        }}
      >
        Its file was written anew since: the newer content counts.
      </button>
      {mayChange && (
        <button type="button" onClick={exclude}>
          Exclude the new one too
        </button>
      )}
    </div>
  );
}

function replacementOf({ trends }: Viewer, note: Note): number | null {
  return trends.derived.value?.exclusions.replacementOf(note) ?? null;
}

/** Where a mark stands: at its scan, or at its moment on the clock of the scans. */
function placeWords(viewer: Viewer, { at }: Note): string {
  if ("offset" in at) return scanWords(viewer, at.offset);
  const clock = viewer.view.trend.value?.trend.clock;
  return clock === undefined ? "" : clockParts(shownMs(clock, at.time_ms), clock.shown, true);
}

function byPlace(a: Note, b: Note): number {
  const at = ({ at: place, created_at_ms }: Note): number =>
    "offset" in place ? place.offset : created_at_ms;
  const kind = (note: Note): number => ("offset" in note.at ? 0 : 1);
  return kind(a) - kind(b) || at(a) - at(b);
}
