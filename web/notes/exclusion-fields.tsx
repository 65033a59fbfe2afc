import { useEffect, useRef } from "preact/hooks";
import type { Note } from "../../shared/protocol/note.ts";
import { scanGroup } from "../log/scan-group.ts";
import { useViewer, type Viewer } from "../stores/viewer.ts";
import { escapes } from "./escapes.ts";
import { scanWords } from "./note-actions.ts";

/** Asks why a scan must not count; for one that does not count already, offers to count it again. */
export function ExclusionFields({ offset }: { readonly offset: number }) {
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
