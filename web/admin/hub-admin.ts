import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { z } from "zod";
import type {
  ADMIN_ACTIONS as Actions,
  AdminAction,
  AdminDone,
  AdminLookup,
  AdminState,
} from "../../shared/protocol/admin.ts";
import type { WireError } from "../../shared/protocol/errors.ts";

const REFRESH_MS = 2_000;
const KEY = "benchcast.admin-token";

type Payload<Name extends AdminAction> = z.input<(typeof Actions)[Name]>;
type Reply<Name extends AdminAction> = Name extends "lookup" ? AdminLookup : AdminDone;
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

/** What is asked of the hub on behalf of its operator. The token lives as long as this tab, and in no address. */
export class HubAdmin {
  readonly state: ReadonlySignal<AdminState | null>;
  /** Why the state is missing or old, in words. */
  readonly problem = signal<string | null>(null);
  readonly hasToken: ReadonlySignal<boolean>;
  private readonly latest = signal<AdminState | null>(null);
  private readonly token = signal(sessionStorage.getItem(KEY) ?? "");
  private readonly base: URL;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param base address of the hub, ending in `/` */
  constructor(base: URL) {
    this.base = base;
    this.state = this.latest;
    this.hasToken = computed(() => this.token.value !== "");
  }

  start(): void {
    void this.refresh();
  }

  enter(token: string): void {
    this.token.value = token.trim();
    this.problem.value = null;
    void this.refresh();
  }

  leave(): void {
    sessionStorage.removeItem(KEY);
    this.token.value = "";
    this.latest.value = null;
    clearTimeout(this.timer);
  }

  /** Asks for an action and shows its effect at once. */
  async act<Name extends AdminAction>(action: Name, payload: Payload<Name>): Promise<Outcome<Reply<Name>>> {
    const outcome = await this.ask<Reply<Name>>(action, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(payload),
    });
    void this.refresh();
    return outcome;
  }

  private async refresh(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.hasToken.value) return;
    const token = this.token.value;
    const outcome = await this.ask<AdminState>("state", {});
    if (token !== this.token.value) return;
    if (outcome.ok) {
      this.latest.value = outcome.value;
      this.problem.value = null;
      sessionStorage.setItem(KEY, token);
    } else this.problem.value = outcome.message;
    clearTimeout(this.timer);
    // Left by `ask` when the token was wrong.
    if (this.hasToken.value) this.timer = setTimeout(() => void this.refresh(), REFRESH_MS);
  }

  private async ask<T>(what: string, init: RequestInit): Promise<Outcome<T>> {
    const headers = { ...init.headers, authorization: `Bearer ${this.token.value}` };
    try {
      const reply = await fetch(new URL(`api/admin/${what}`, this.base), { ...init, headers });
      const body: unknown = await reply.json();
      // From this page's own hub, of the same version.
      if (reply.ok) return { ok: true, value: body as T };
      const { error } = body as { error?: WireError };
      if (error?.code === "invalid_admin_token") this.leave();
      return { ok: false, message: error?.message ?? `The hub answered ${reply.status}.` };
    } catch {
      return { ok: false, message: "The hub does not answer. It is asked again by itself." };
    }
  }
}
