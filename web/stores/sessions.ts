import { batch, computed, signal } from "@preact/signals";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import type { LiveAnalysisUpdate, SessionStatePush } from "../../shared/protocol/viewer-events.ts";
import type { HubClock } from "../connection/hub-clock.ts";
import type { HubLink, Outcome, Reply } from "../connection/hub-link.ts";
import { readPart } from "../log/log-part.ts";
import type { CurveStore } from "./curves.ts";
import { FollowedSession } from "./followed-session.ts";
import { chooseSession, sessionOrder } from "./session-order.ts";

const STOPPED_OFFLINE = "Stopped. The agent is offline and will learn of it when it returns.";

/** Sessions of the joined agent, the one that is shown, and the logs that have been opened. */
export class SessionsStore {
  readonly list = signal<readonly SessionSummary[]>([]);
  /** Whether the hub's list has arrived since joining: before that, "no session" would be a guess. */
  readonly known = signal(false);
  readonly shownId = signal<string | null>(null);
  /** The shown session's log and trends. */
  readonly followed = signal<FollowedSession | null>(null);
  /** Something to tell once of what was done here, such as a stop that the agent has not heard of yet. */
  readonly notice = signal<string | null>(null);
  readonly ordered = computed(() => sessionOrder(this.list.value));
  readonly shown = computed(
    () => this.list.value.find((one) => one.session_id === this.shownId.value) ?? null,
  );
  private readonly link: HubLink;
  private readonly clock: HubClock;
  private readonly curves: CurveStore;
  private readonly userId: () => string | null;
  private readonly logs = new Map<string, FollowedSession>();

  constructor(link: HubLink, clock: HubClock, curves: CurveStore, userId: () => string | null) {
    this.link = link;
    this.clock = clock;
    this.curves = curves;
    this.userId = userId;
    link.on("live_analysis_update", (update) => this.takeUpdate(update));
    link.on("session_state", (state) => this.takeState(state));
  }

  /** After every join: the list is the hub's, and every open log goes on from where it stopped. */
  joined(sessions: readonly SessionSummary[]): void {
    this.takeList(sessions);
    this.known.value = true;
    for (const followed of this.logs.values()) followed.follower.resume();
    this.curves.joined();
  }

  /** Another agent, or none: nothing of the old one stays. */
  reset(): void {
    this.known.value = false;
    this.list.value = [];
    this.logs.clear();
    this.show(null);
    this.curves.reset();
  }

  show(sessionId: string | null): void {
    batch(() => {
      this.shownId.value = sessionId;
      this.followed.value = sessionId === null ? null : this.follow(sessionId);
    });
  }

  async refresh(): Promise<void> {
    const userId = this.userId();
    if (userId === null) return;
    const outcome = await this.link.request("list_sessions", { user_id: userId });
    if (outcome.ok && this.userId() === userId) this.takeList(outcome.value.sessions);
  }

  async stop(sessionId: string): Promise<Outcome<Reply<"stop_analysis_session">>> {
    const outcome = await this.link.request("stop_analysis_session", {
      user_id: this.userId() ?? "",
      session_id: sessionId,
    });
    if (!outcome.ok) this.notice.value = outcome.error.message;
    else {
      this.takeSession(outcome.value.session);
      if (!outcome.value.agent_stopped) this.notice.value = STOPPED_OFFLINE;
    }
    return outcome;
  }

  async rename(sessionId: string, label: string): Promise<void> {
    const outcome = await this.link.request("rename_session", {
      user_id: this.userId() ?? "",
      session_id: sessionId,
      label,
    });
    if (outcome.ok) this.takeSession(outcome.value);
    else this.notice.value = outcome.error.message;
  }

  /** Removes a session with everything in it, for everybody. */
  async remove(sessionId: string): Promise<void> {
    const outcome = await this.link.request("delete_session", {
      user_id: this.userId() ?? "",
      session_id: sessionId,
    });
    if (!outcome.ok) {
      this.notice.value = outcome.error.message;
      return;
    }
    this.logs.delete(sessionId);
    this.takeList(this.list.peek().filter((one) => one.session_id !== sessionId));
  }

  /** A session that the hub has just described, new or changed. */
  takeSession(session: SessionSummary): void {
    const others = this.list.peek().filter((one) => one.session_id !== session.session_id);
    this.takeList([...others, session]);
  }

  /** A session that was just started here: it is what the person wants to see. */
  takeNew(session: SessionSummary): void {
    this.takeSession(session);
    this.show(session.session_id);
  }

  private takeList(sessions: readonly SessionSummary[]): void {
    for (const session of sessions) this.clock.past(session.created_at_ms, Date.now());
    this.list.value = sessions;
    this.show(chooseSession(sessions, this.shownId.peek()));
    for (const session of sessions) this.logs.get(session.session_id)?.follower.notice(session);
  }

  private takeUpdate(update: LiveAnalysisUpdate): void {
    const followed = this.logs.get(update.session_id);
    if (followed === undefined) return;
    const part = readPart(update);
    const received = part.entries.at(-1)?.received_at_ms;
    if (received !== undefined) this.clock.live(received, Date.now());
    this.curves.take(update);
    followed.follower.push(part);
  }

  private takeState(state: SessionStatePush): void {
    const known = this.list.peek().find((one) => one.session_id === state.session_id);
    if (known === undefined || known.state !== state.state) void this.refresh();
    if (known !== undefined) {
      this.list.value = this.list.peek().map((one) => (one === known ? { ...one, ...state } : one));
    }
    this.logs.get(state.session_id)?.follower.notice(state);
  }

  private follow(sessionId: string): FollowedSession {
    let followed = this.logs.get(sessionId);
    if (followed === undefined) {
      followed = new FollowedSession(this.link, this.userId() ?? "", sessionId);
      this.logs.set(sessionId, followed);
      followed.follower.resume();
    }
    return followed;
  }
}
