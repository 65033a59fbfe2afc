import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { addressOf, readCredential } from "../share/credential.ts";
import { useViewer } from "../stores/viewer.ts";
import { groupWhileTyping, problemWhileTyping, type Typed } from "./id-typing.ts";

interface IdFieldProps {
  readonly initial: string;
  /** What the hub, or the reading of a link, said of `initial`. */
  readonly problem: string | null;
}

/** The ID that was refused is not what stands in the field any more: a reload must not bring it back. */
function forgetAddress(): void {
  history.replaceState(null, "", location.pathname + location.search);
}

/** The one field, and what is said about what stands in it. */
export function IdField({ initial, problem }: IdFieldProps) {
  const viewer = useViewer();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<Typed>(() => groupWhileTyping(initial, initial.length));
  const [said, setSaid] = useState(problem);
  const link = viewer.link.state.value;

  useEffect(() => input.current?.focus(), []);
  useLayoutEffect(() => {
    if (document.activeElement === input.current) input.current?.setSelectionRange(typed.caret, typed.caret);
  }, [typed]);

  const submit = (event: Event): void => {
    event.preventDefault();
    const reading = readCredential(typed.text);
    if (!reading.ok) {
      setSaid(reading.message);
      input.current?.focus();
      return;
    }
    go(addressOf(reading.credential));
  };

  /** The address changes with it, so that the browser's history and a reload lead back here. */
  const go = (hash: string): void => {
    if (location.hash === hash) viewer.enter(hash);
    else location.hash = hash;
  };

  return (
    <form class="id-form" onSubmit={submit}>
      <label for="user-id">User ID</label>
      <div class="id-row">
        <input
          id="user-id"
          ref={input}
          class="id-input mono"
          data-testid="user-id"
          value={typed.text}
          placeholder="xxxx-xxxx-xxxx-xxxx"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="user-id-note"
          aria-invalid={said !== null}
          onInput={({ currentTarget }) => {
            const pasted = readCredential(currentTarget.value);
            if (pasted.ok && pasted.credential.kind === "share-link") {
              go(addressOf(pasted.credential));
              return;
            }
            const next = groupWhileTyping(
              currentTarget.value,
              currentTarget.selectionStart ?? currentTarget.value.length,
            );
            if (location.hash !== "") forgetAddress();
            setTyped(next);
            currentTarget.value = next.text;
            setSaid(problemWhileTyping(next.text));
          }}
        />
        <button type="submit" class="primary" data-testid="join">
          Watch
        </button>
      </div>
      <p id="user-id-note" class={said === null ? "note" : "note problem"} aria-live="polite">
        {said ?? "The agent on the instrument PC shows it on its screen. A pasted link works too."}
      </p>
      {link.kind === "refused" && <p class="note problem">{link.message}</p>}
    </form>
  );
}
