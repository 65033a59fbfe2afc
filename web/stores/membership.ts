import { effect, signal } from "@preact/signals";
import type { AgentStatus, SessionSummary } from "../../shared/protocol/session.ts";
import type { AccessRole } from "../../shared/protocol/share-link.ts";
import type { TaskView } from "../../shared/protocol/task.ts";
import type { HubClock } from "../connection/hub-clock.ts";
import type { HubLink } from "../connection/hub-link.ts";
import { addressOf, type Credential, endsAccess, joinRequest, readCredential } from "../share/credential.ts";
import type { RememberedAgents } from "./remembered.ts";

export type Membership =
  /** The connect page; `text` is what stands in the field, `problem` what is said about it. */
  | { readonly kind: "out"; readonly text: string; readonly problem: string | null }
  | { readonly kind: "joining"; readonly credential: Credential }
  | {
      readonly kind: "joined";
      readonly credential: Credential;
      /** How requests name this agent: its User ID, or what the hub calls it for who came by a share link. */
      readonly userId: string;
      readonly role: AccessRole;
      /** When the share link ends, ms since 1970 on the hub's clock; null for no end. */
      readonly endsAtMs: number | null;
    };

type OnJoined = (sessions: readonly SessionSummary[], tasks: readonly TaskView[]) => void;

/** A hub that lost its data may know the agent again in a moment: it is asked again after this. */
const REJOIN_MS = 5000;

/** Which agent this page watches, and what the hub says of it. */
export class MembershipStore {
  readonly state = signal<Membership>({ kind: "out", text: "", problem: null });
  readonly agent = signal<AgentStatus | null>(null);
  /** Since when the hub can neither store nor read, ms on this computer's clock; null while it can. */
  readonly hubHeldMs = signal<number | null>(null);
  /** Why a page that had joined could not join again after a reconnect. */
  readonly rejoinProblem = signal<string | null>(null);
  private readonly link: HubLink;
  private readonly clock: HubClock;
  private readonly remembered: RememberedAgents;
  private readonly onJoined: OnJoined;

  constructor(link: HubLink, clock: HubClock, remembered: RememberedAgents, onJoined: OnJoined) {
    this.link = link;
    this.clock = clock;
    this.remembered = remembered;
    this.onJoined = onJoined;
    link.on("agent_status", (status) => this.takeStatus(status));
    link.on("hub_status", ({ state, since_ms }) => {
      this.clock.past(since_ms, Date.now());
      this.hubHeldMs.value = state === "ok" ? null : this.clock.toLocalMs(since_ms);
    });
    effect(() => {
      // Another hub may stand well; one that does not says so again.
      this.hubHeldMs.value = null;
      if (link.state.value.kind === "connected") void this.askToJoin();
    });
  }

  /** How requests name the joined agent; null before the hub has said. */
  get userId(): string | null {
    const state = this.state.peek();
    if (state.kind === "joined") return state.userId;
    return state.kind === "joining" && state.credential.kind === "user-id" ? state.credential.userId : null;
  }

  /** What was joined, or is about to be. */
  get credential(): Credential | null {
    const state = this.state.peek();
    return state.kind === "out" ? null : state.credential;
  }

  /** Reads what a person entered; typing errors are answered here, without asking the hub. */
  enter(text: string): void {
    const reading = readCredential(text);
    if (!reading.ok) {
      this.state.value = { kind: "out", text: reading.text, problem: reading.message };
      return;
    }
    const { credential } = reading;
    if (this.credential !== null && addressOf(this.credential) === addressOf(credential)) return;
    this.agent.value = null;
    this.state.value = { kind: "joining", credential };
    void this.askToJoin();
  }

  leave(): void {
    const userId = this.userId;
    if (userId !== null) void this.link.request("leave", { user_id: userId });
    this.agent.value = null;
    this.state.value = { kind: "out", text: "", problem: null };
  }

  /** The share link is over: nothing of what it showed stays. */
  end(message: string): void {
    this.agent.value = null;
    this.state.value = { kind: "out", text: "", problem: message };
  }

  private async askToJoin(): Promise<void> {
    const { credential } = this;
    if (credential === null || this.link.state.peek().kind !== "connected") return;
    const outcome = await this.link.request("join", joinRequest(credential));
    if (this.credential !== credential) return; // another ID was entered meanwhile
    if (outcome.ok) {
      const { agent, user_id, role, link, sessions, tasks } = outcome.value;
      this.agent.value = agent;
      this.rejoinProblem.value = null;
      if (credential.kind === "user-id") this.remembered.remember(credential.userId, agent.name, Date.now());
      const endsAtMs = link?.expires_at_ms ?? null;
      this.state.value = { kind: "joined", credential, userId: user_id, role, endsAtMs };
      this.onJoined(sessions, tasks);
    } else if (outcome.error.code !== "disconnected") this.refused(credential, outcome.error);
  }

  private refused(credential: Credential, { code, message }: { code: string; message: string }): void {
    if (this.state.peek().kind !== "joined" || endsAccess(code)) {
      const text = credential.kind === "user-id" ? credential.userId : "";
      this.agent.value = null;
      this.state.value = { kind: "out", text, problem: message };
      return;
    }
    this.rejoinProblem.value = message;
    setTimeout(() => void this.askToJoin(), REJOIN_MS);
  }

  private takeStatus(status: AgentStatus): void {
    const before = this.agent.peek();
    if (before !== null && before.state !== status.state) this.clock.live(status.since_ms, Date.now());
    this.agent.value = status;
  }
}
