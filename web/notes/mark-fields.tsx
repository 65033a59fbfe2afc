import { useEffect, useRef, useState } from "preact/hooks";
import type { Note } from "../../shared/protocol/note.ts";
import { useViewer } from "../stores/viewer.ts";
import { escapes } from "./escapes.ts";
import { markWords, pointedScan, scanWords } from "./note-actions.ts";

/** What a mark says: an injection with its concentration, or a remark. */
export function MarkFields({ note }: { readonly note: Note }) {
  const viewer = useViewer();
  const { notes } = viewer;
  const [kind, setKind] = useState<"injection" | "note">(note.kind === "note" ? "note" : "injection");
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), [kind]);
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
    const text = String(fields.get("text") ?? "");
    const change = { kind, text, concentration, unit: String(fields.get("unit") ?? "") || null };
    notes.edit(note, change, `${markWords({ ...note, ...change })}: saved.`);
    close();
  };
  const isInjection = kind === "injection";
  return (
    <form class="strip" onSubmit={save} data-testid="mark-fields" onKeyDown={escapes(close)}>
      <select
        aria-label="Kind of mark"
        value={kind}
        data-testid="mark-kind"
        onChange={({ currentTarget: { value } }) => setKind(value === "note" ? "note" : "injection")}
      >
        <option value="injection">Injection</option>
        <option value="note">Remark</option>
      </select>
      {isInjection && <Amount note={note} first={first} />}
      <label class="strip-text">
        Text{" "}
        <input
          ref={isInjection ? null : first}
          name="text"
          autoComplete="off"
          defaultValue={note.text}
          maxLength={200}
        />
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

interface AmountProps {
  readonly note: Note;
  readonly first: { current: HTMLInputElement | null };
}

function Amount({ note, first }: AmountProps) {
  const { notes } = useViewer();
  return (
    <>
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
        <input
          class="unit"
          name="unit"
          autoComplete="off"
          defaultValue={note.unit ?? notes.params.value.unit}
          maxLength={20}
        />
      </label>
    </>
  );
}
