import { useSignal } from "@preact/signals";
import type { AdminLookup } from "../../shared/protocol/admin.ts";
import type { HubAdmin, Outcome } from "./hub-admin.ts";

/** From a User ID, which somebody gives the operator, to how it appears here and in the log; or from there to a name. */
export function LookupForm({ admin }: { readonly admin: HubAdmin }) {
  const found = useSignal<Outcome<AdminLookup> | null>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement; // the form that was sent
    const text = String(new FormData(form).get("text") ?? "");
    found.value = await admin.act("lookup", { text });
  };
  return (
    <section>
      <h2>Find a User ID, or a hash of the log</h2>
      <form class="row" onSubmit={submit}>
        <input
          name="text"
          aria-label="User ID or hash"
          placeholder="7k2m-9xqd-t4hw-b8z7"
          autocomplete="off"
          spellcheck={false}
          required
          data-testid="lookup"
        />
        <button type="submit">Find</button>
        <span role="status" data-testid="found">
          {found.value !== null && <Found outcome={found.value} />}
        </span>
      </form>
    </section>
  );
}

function Found({ outcome }: { readonly outcome: Outcome<AdminLookup> }) {
  if (!outcome.ok) return <span class="problem">{outcome.message}</span>;
  const { tag, known, agent } = outcome.value;
  const where =
    agent !== null
      ? `is ${agent.name}, connected to this hub`
      : known === null
        ? "was never here"
        : known.state === "online"
          ? `is ${known.name}, connected to another hub`
          : `is ${known.name}, offline`;
  return (
    <>
      <span class="mono">{tag}</span> {where}
    </>
  );
}
