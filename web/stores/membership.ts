import { effect, signal } from "@preact/signals";
import type { AgentStatus, SessionSummary } from "../../shared/protocol/session.ts";
import { readUserId, type UserId } from "../../shared/protocol/user-id.ts";
import type { HubClock } from "../connection/hub-clock.ts";
import type { HubLink } from "../connection/hub-link.ts";
import type { RememberedAgents } from "./remembered.ts";

export type Membership =
  /** The connect page; `text` is what stands in the field, `problem` what is said about it. */
  | { readonly kind: "out"; readonly text: string; readonly problem: string | null }
  | { readonly kind: "joining"; readonly userId: UserId }
  | { readonly kind: "joined"; readonly userId: UserId };

/** A hub that lost its data may know the agent again in a moment: it is asked again after this. */
const REJOIN_MS = 5000;

/** Which agent this page watches, and what the hub says of it. */
export class MembershipStore {
  readonly state = signal<Membership>({ kind: "out", text: "", problem: null });
  readonly agent = signal<AgentStatus | null>(null);
  /** Why a page that had joined could not join again after a reconnect. */
  readonly rejoinProblem = signal<string | null>(null);
  private readonly link: HubLink;
  private readonly clock: HubClock;
  private readonly remembered: RememberedAgents;
  private readonly onJoined: (sessions: readonly SessionSummary[]) => void;

  constructor(
    link: HubLink,
    clock: HubClock,
    remembered: RememberedAgents,
    onJoined: (sessions: readonly SessionSummary[]) => void,
  ) {
    this.link = link;
    this.clock = clock;
    this.remembered = remembered;
    this.onJoined = onJoined;
    link.on("agent_status", (status) => this.takeStatus(status));
    effect(() => {
      if (link.state.value.kind === "connected") void this.askToJoin();
    });
  }

  /** Joined or about to be. */
  get userId(): UserId | null {
    const state = this.state.peek();
    return state.kind === "out" ? null : state.userId;
  }

  /** Reads what a person entered; typing errors are answered here, without asking the hub. */
  enter(text: string): void {
    const reading = readUserId(text);
    if (!reading.ok) {
      this.state.value = { kind: "out", text: text.slice(text.lastIndexOf("#") + 1), problem: reading.message };
      return;
    }
    if (this.userId === reading.user_id) return;
    this.agent.value = null;
    this.state.value = { kind: "joining", userId: reading.user_id };
    void this.askToJoin();
  }

  leave(): void {
    const userId = this.userId;
    if (userId !== null) void this.link.request("leave", { user_id: userId });
    this.agent.value = null;
    this.state.value = { kind: "out", text: "", problem: null };
  }

  private async askToJoin(): Promise<void> {
    const userId = this.userId;
    if (userId === null || this.link.state.peek().kind !== "connected") return;
    const outcome = await this.link.request("join", { user_id: userId });
    if (this.userId !== userId) return; // another ID was entered meanwhile
    if (outcome.ok) {
      this.agent.value = outcome.value.agent;
      this.rejoinProblem.value = null;
      this.remembered.remember(userId, outcome.value.agent.name, Date.now());
      this.state.value = { kind: "joined", userId };
      this.onJoined(outcome.value.sessions);
    } else if (outcome.error.code !== "disconnected") this.refused(userId, outcome.error.message);
  }

  private refused(userId: UserId, message: string): void {
    if (this.state.peek().kind !== "joined") {
      this.state.value = { kind: "out", text: userId, problem: message };
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
