import { useSignal } from "@preact/signals";
import type { AdminLookup } from "../../shared/protocol/admin.ts";
import type { HubAdmin, Outcome } from "./hub-admin.ts";

/** From a User ID, which somebody gives the operator, to how it appears here and in the log. */
export function LookupForm({ admin }: { readonly admin: HubAdmin }) {
  const found = useSignal<Outcome<AdminLookup> | null>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement; // the form that was sent
    const user_id = String(new FormData(form).get("user_id") ?? "");
    found.value = await admin.act("lookup", { user_id });
  };
  return (
    <section>
      <h2>Find a User ID</h2>
      <form class="row" onSubmit={submit}>
        <input
          name="user_id"
          aria-label="User ID"
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
      : known
        ? "is not connected to this hub"
        : "was never here";
  return (
    <>
      <span class="mono">{tag}</span> {where}
    </>
  );
}
