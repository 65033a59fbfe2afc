import type { HubAdmin } from "./hub-admin.ts";

/** The operator shows the token that the hub was started with. */
export function TokenForm({ admin }: { readonly admin: HubAdmin }) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const token = new FormData(event.currentTarget as HTMLFormElement).get("token"); // the form that was sent
    if (typeof token === "string" && token !== "") admin.enter(token);
  };
  return (
    <form class="row" onSubmit={submit}>
      <label>
        Admin token{" "}
        <input name="token" type="password" autocomplete="off" required data-testid="token" autofocus />
      </label>
      <button type="submit" class="primary">
        Open
      </button>
      <p class="note">ADMIN_TOKEN of this hub. It is kept until this tab is closed.</p>
    </form>
  );
}
