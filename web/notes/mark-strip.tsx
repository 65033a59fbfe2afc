import { useEffect, useRef } from "preact/hooks";
import type { Note } from "../../shared/protocol/note.ts";
import { scanGroup } from "../log/scan-group.ts";
import { useViewer, type Viewer } from "../stores/viewer.ts";
import { markWords, pointedScan, scanWords } from "./note-actions.ts";

/** One line above the plot: the fields of a mark, the reason of an exclusion, or what was just done. */
export function MarkStrip() {
  const { notes, mayControl } = useViewer();
  const edited = notes.notes.value.find(({ note_id }) => note_id === notes.edited.value);
  const problem = notes.problem.value;
  if (problem !== null) return <Said words={problem} />;
  if (edited !== undefined && mayControl.value) return <MarkFields note={edited} key={edited.note_id} />;
  if (notes.excluding.value !== null)
    return <Reason offset={notes.excluding.value} key={notes.excluding.value} />;
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

function MarkFields({ note }: { readonly note: Note }) {
  const viewer = useViewer();
  const { notes } = viewer;
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const close = (): void => {
    notes.edited.value = null;
  };
  const pointed = pointedScan(viewer);
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement); // the form that is submitted
    const amount = String(fields.get("concentration") ?? "")
      .trim()
      .replace(",", ".");
    const concentration = amount === "" ? null : Number(amount);
    if (concentration !== null && !(concentration >= 0)) {
      first.current?.setCustomValidity("A number, please.");
      first.current?.reportValidity();
      return;
    }
    const change = {
      text: String(fields.get("text") ?? ""),
      concentration,
      unit: String(fields.get("unit") ?? "") || null,
    };
    notes.edit(note, change, `${markWords({ ...note, ...change })}: saved.`);
    close();
  };
  return (
    <form class="strip" onSubmit={save} data-testid="mark-fields" onKeyDown={escapes(close)}>
      <label>
        Concentration{" "}
        <input
          ref={first}
          class="number"
          name="concentration"
          inputMode="decimal"
          autoComplete="off"
          placeholder="none"
          defaultValue={note.concentration === null ? "" : String(note.concentration)}
          onInput={(event) => event.currentTarget.setCustomValidity("")}
        />
      </label>
      <label>
        Unit{" "}
        <input class="unit" name="unit" autoComplete="off" defaultValue={note.unit ?? ""} maxLength={20} />
      </label>
      <label class="strip-text">
        Text <input name="text" autoComplete="off" defaultValue={note.text} maxLength={200} />
      </label>
      <button type="submit" class="primary">
        Save
      </button>
      {pointed !== null && (
        <button
          type="button"
          onClick={() =>
            notes.edit(note, { at: { offset: pointed } }, `Moved to ${scanWords(viewer, pointed)}.`)
          }
        >
          Move to {scanWords(viewer, pointed)}
        </button>
      )}
      <button type="button" onClick={() => notes.remove(note, `${markWords(note)}: removed.`)}>
        Remove
      </button>
      <button type="button" class="plain" onClick={close}>
        Close
      </button>
    </form>
  );
}

function Reason({ offset }: { readonly offset: number }) {
  const viewer = useViewer();
  const { notes } = viewer;
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const close = (): void => {
    notes.excluding.value = null;
  };
  const known = viewer.trends.derived.value?.exclusions.of(offset) ?? [];
  if (known.length > 0) return <Excluded viewer={viewer} known={known} offset={offset} close={close} />;
  const log = viewer.sessions.followed.value?.log;
  const electrodes = viewer.trends.derived.value?.electrodes ?? [];
  const group = log === undefined ? [offset] : scanGroup(log, offset);
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement); // the form that is submitted
    const text = String(fields.get("reason") ?? "").trim();
    const chosen = String(fields.get("electrode") ?? "");
    if (text === "") {
      first.current?.focus();
      return;
    }
    const electrode = chosen === "" ? null : Number(chosen);
    const what = `${scanWords(viewer, offset)}${electrode === null ? "" : `, electrode ${electrode},`}`;
    const files = fields.get("files") === "one" ? [offset] : group;
    notes.addAll(
      files.map((file) => ({ kind: "exclude", at: { offset: file }, electrode, text })),
      `Excluded ${what} from the trends: ${text}.`,
    );
    close();
  };
  return (
    <form class="strip" onSubmit={save} data-testid="exclude-fields" onKeyDown={escapes(close)}>
      <label class="strip-text">
        Exclude {scanWords(viewer, offset)} because{" "}
        <input ref={first} name="reason" autoComplete="off" maxLength={200} list="exclude-reasons" required />
      </label>
      <datalist id="exclude-reasons">
        {["Air bubble", "Electrode lifted", "Electrical disturbance", "Wrong solution"].map((reason) => (
          <option key={reason} value={reason} />
        ))}
      </datalist>
      <label>
        For{" "}
        <select name="electrode">
          <option value="">all electrodes</option>
          {electrodes.map((electrode) => (
            <option key={electrode} value={electrode}>
              electrode {electrode}
            </option>
          ))}
        </select>
      </label>
      {group.length > 1 && (
        <select name="files" aria-label="Frequencies">
          <option value="all">all frequencies</option>
          <option value="one">{log?.entry(offset, "frequency_hz")} Hz only</option>
        </select>
      )}
      <button type="submit" class="primary">
        Exclude
      </button>
      <button type="button" class="plain" onClick={close}>
        Cancel
      </button>
    </form>
  );
}

interface ExcludedProps {
  readonly viewer: Viewer;
  readonly known: readonly Note[];
  readonly offset: number;
  readonly close: () => void;
}

function Excluded({ viewer, known, offset, close }: ExcludedProps) {
  const { notes } = viewer;
  return (
    <div class="strip" data-testid="excluded">
      {known.map((note) => (
        <span key={note.note_id}>
          {scanWords(viewer, offset)}
          {note.electrode === null ? "" : `, electrode ${note.electrode},`} does not count: {note.text}.{" "}
          <button
            type="button"
            onClick={() => {
              notes.remove(note, `${scanWords(viewer, offset)} counts again.`);
              close();
            }}
          >
            Count it again
          </button>
        </span>
      ))}
      <button type="button" class="plain" onClick={close}>
        Close
      </button>
    </div>
  );
}

function escapes(close: () => void) {
  return (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
}
