import { computed, effect, untracked } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { MAX_WATCHED_TRACES } from "../../shared/protocol/limits.ts";
import type { HubAddress } from "../connection/hub-address.ts";
import { HubClock } from "../connection/hub-clock.ts";
import { HubLink } from "../connection/hub-link.ts";
import { LatencyProbe } from "../connection/latency.ts";
import { usualIntervalMs } from "../log/cadence.ts";
import { type Liveness, liveness } from "../session/liveness.ts";
import { endsAccess } from "../share/credential.ts";
import { ShareStore } from "../share/share-store.ts";
import { TuningStore } from "../tuning/tuning-store.ts";
import { clockText } from "../words/moments.ts";
import { storage } from "./browser-storage.ts";
import { nowMs } from "./clock.ts";
import { CurveStore } from "./curves.ts";
import { ExportStore } from "./exports.ts";
import { MembershipStore } from "./membership.ts";
import { NoteStore } from "./notes.ts";
import { RememberedAgents } from "./remembered.ts";
import { RoundStore } from "./round.ts";
import { SessionsStore } from "./sessions.ts";
import { SetupStore } from "./setup.ts";
import { TaskStore } from "./tasks.ts";
import { TrendStore } from "./trends.ts";
import { ViewStore } from "./view.ts";

/** The stores of one page, wired together. */
export class Viewer {
  readonly hub: HubAddress;
  readonly link: HubLink;
  readonly clock = new HubClock();
  readonly latency: LatencyProbe;
  readonly remembered: RememberedAgents;
  readonly membership: MembershipStore;
  readonly curves: CurveStore;
  readonly sessions: SessionsStore;
  readonly view: ViewStore;
  readonly notes: NoteStore;
  readonly trends: TrendStore;
  readonly round: RoundStore;
  readonly tuning: TuningStore;
  readonly setup: SetupStore;
  readonly exports: ExportStore;
  readonly share: ShareStore;
  readonly tasks: TaskStore;
  /** Whether this page may start, stop and share; a view link only watches. */
  readonly mayControl = computed(() => {
    const state = this.membership.state.value;
    return state.kind === "joined" && state.role === "control";
  });

  constructor(hub: HubAddress) {
    const userId = (): string | null => this.membership.userId;
    this.hub = hub;
    this.link = new HubLink(hub.url);
    this.remembered = new RememberedAgents(storage, hub.url);
    this.curves = new CurveStore(this.link, userId);
    this.sessions = new SessionsStore(this.link, this.clock, this.curves, userId);
    this.membership = new MembershipStore(this.link, this.clock, this.remembered, (list, tasks) => {
      this.sessions.joined(list);
      this.tasks.joined(tasks);
      this.setup.resume();
    });
    this.tasks = new TaskStore(this.link, userId);
    this.view = new ViewStore(this.sessions);
    this.notes = new NoteStore(this.link, this.sessions, userId);
    this.trends = new TrendStore(this.sessions, this.view, this.notes);
    this.round = new RoundStore(this.sessions, this.view, this.curves);
    this.tuning = new TuningStore({
      link: this.link,
      userId,
      session: () => this.sessions.shown.value,
      places: () => this.round.places.value,
    });
    this.setup = new SetupStore(this.link, this.membership, (session) => this.sessions.takeNew(session));
    this.exports = new ExportStore(this.link, { hubUrl: hub.url, userId, tasks: this.tasks }, storage);
    this.share = new ShareStore(this.link, location, userId);
    this.link.on("bye", ({ code, message }) => {
      if (endsAccess(code)) this.membership.end(message);
    });
    effect(() => {
      if (this.membership.state.value.kind === "out") untracked(() => this.forgetAgent());
    });
    this.latency = new LatencyProbe(() => this.sessions.refresh());
    effect(() => {
      if (this.membership.state.value.kind === "joined") this.latency.start();
      else this.latency.stop();
    });
    effect(() => this.watchTraces());
    effect(() => {
      const { known, list } = this.sessions;
      const none = list.value.length === 0;
      if (known.value && none && this.mayControl.value && !this.setup.active.peek()) this.setup.open(true);
      if (!none) this.setup.giveWay();
    });
  }

  /** Reader's time at which the newest entry came in; null without one. */
  readonly lastScanMs = computed<number | null>(() => {
    const followed = this.sessions.followed.value;
    followed?.changed.value;
    const received = followed?.log.entry(followed.log.next - 1, "received_at_ms") ?? Number.NaN;
    return Number.isNaN(received) ? null : this.clock.toLocalMs(received);
  });

  readonly liveness = computed<Liveness | null>(() => {
    const agent = this.membership.agent.value;
    if (agent === null) return null;
    const followed = this.sessions.followed.value;
    const trend = this.view.trend.value?.trend;
    const trouble = agent.folder_trouble;
    return liveness({
      link: this.link.state.value,
      hubHeldMs: this.membership.hubHeldMs.value,
      agent,
      agentSinceMs: this.clock.toLocalMs(agent.since_ms),
      folderTroubleSinceMs: trouble === undefined ? null : this.clock.toLocalMs(trouble.since_ms),
      session: this.sessions.shown.value,
      entries: { have: followed?.log.next ?? 0, head: followed?.log.head ?? 0 },
      lastScanMs: this.lastScanMs.value,
      usualMs: followed === null || trend === undefined ? null : usualIntervalMs(followed.log, trend),
      nowMs: nowMs.value,
    });
  });

  /** What stands at the end of the time axis while the data are stale, null while they are not. */
  readonly stale = computed<string | null>(() => {
    const state = this.liveness.value;
    if (state?.staleSinceMs == null) return null;
    const since = clockText(state.staleSinceMs, nowMs.value);
    if (state.kind === "held") return `hub on hold since ${since}`;
    if (state.kind === "no-folder") return state.word;
    return state.kind === "lost" ? `connection lost ${since}` : `agent offline since ${since}`;
  });

  /** Joins the agent that a text or link names, or says what is wrong with it. */
  enter(text: string): void {
    const before = this.membership.credential;
    this.membership.enter(text);
    if (this.membership.credential !== before) this.forgetAgent();
  }

  leave(): void {
    this.membership.leave();
    this.forgetAgent();
  }

  private forgetAgent(): void {
    this.sessions.reset();
    this.setup.close();
    this.exports.dismiss();
    this.tasks.reset();
    this.share.close();
  }

  private readonly watched = computed(() =>
    JSON.stringify(
      this.view.visible.value
        .slice(0, MAX_WATCHED_TRACES)
        .map(({ id }) => ({ electrode: id.electrode, frequency_hz: id.frequencyHz })),
    ),
  );

  private watchTraces(): void {
    const session_id = this.sessions.shownId.value;
    const state = this.membership.state.value;
    const traces = JSON.parse(this.watched.value) as { electrode: number; frequency_hz: number | null }[]; // as written above
    if (this.link.state.value.kind !== "connected" || state.kind !== "joined" || session_id === null) return;
    void this.link.request("watch_traces", { user_id: state.userId, session_id, traces });
  }
}

export const ViewerContext = createContext<Viewer | null>(null);

/** The page's stores. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (viewer === null) throw new Error("useViewer stands outside of the page.");
  return viewer;
}
