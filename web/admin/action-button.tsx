import { useSignal } from "@preact/signals";
import type { AdminDone } from "../../shared/protocol/admin.ts";
import type { Outcome } from "./hub-admin.ts";

interface Action {
  readonly label: string;
  /** What is asked before it is done; null: it harms nobody. */
  readonly question: string | null;
  act(): Promise<Outcome<AdminDone>>;
}

/** A button that asks once more where it matters, and says what came of it. */
export function ActionButton({ label, question, act }: Action) {
  const asking = useSignal(false);
  const busy = useSignal(false);
  const said = useSignal<{ readonly text: string; readonly bad: boolean } | null>(null);
  const run = async (): Promise<void> => {
    asking.value = false;
    busy.value = true;
    const outcome = await act();
    said.value = outcome.ok ? { text: outcome.value.done, bad: false } : { text: outcome.message, bad: true };
    busy.value = false;
  };
  const pressed = (): void => {
    said.value = null;
    if (question === null) void run();
    else asking.value = true;
  };
  if (asking.value)
    return (
      <span class="row">
        <span>{question}</span>
        <button type="button" class="danger" onClick={() => void run()}>
          Yes
        </button>
        <button
          type="button"
          onClick={() => {
            asking.value = false;
          }}
        >
          No
        </button>
      </span>
    );
  return (
    <span class="row">
      <button type="button" disabled={busy.value} onClick={pressed}>
        {busy.value ? `${label} …` : label}
      </button>
      <span class={said.value?.bad ? "problem" : "quiet"} role="status">
        {said.value?.text}
      </span>
    </span>
  );
}
