import type { AgentStatus, SessionSummary } from "../../shared/protocol/session.ts";
import type { SessionStatePush } from "../../shared/protocol/viewer-events.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { SessionBook, SessionRecord } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { AgentStandings } from "./agent-standings.ts";
import type { Audience, HubSocket } from "./audience.ts";

/** Sessions of an agent are listed anew this often; changes through this hub are seen at once (`refresh`). */
const LIST_AGE_MS = 5_000;

/** Beside session IDs in what a socket was told; no session ID is this short. */
const AGENT = "agent";

interface HeadWatchDependencies {
  readonly audience: Audience;
  readonly book: SessionBook;
  readonly standings: Pick<AgentStandings, "watched">;
  readonly fleet: Pick<Fleet, "tellAll">;
  readonly now: () => number;
}

interface Watched {
  readonly sockets: Map<HubSocket, Map<string, string>>;
  sessions: readonly SessionRecord[];
  listedAt: number;
}

/**
 * Tells every viewer where the sessions of its agent stand: at every change, at most once a second. It is the
 * net under the pushes, so it never goes through them: it reads the store and speaks to this hub's own sockets.
 */
export class HeadWatch {
  readonly #deps: HeadWatchDependencies;
  readonly #watched = new Map<UserTag, Watched>();

  constructor(dependencies: HeadWatchDependencies) {
    this.#deps = dependencies;
  }

  add(tag: UserTag, socket: HubSocket): void {
    const watched = this.#watched.get(tag) ?? {
      sockets: new Map(),
      sessions: [],
      listedAt: Number.NEGATIVE_INFINITY,
    };
    watched.sockets.set(socket, new Map());
    this.#watched.set(tag, watched);
  }

  remove(tag: UserTag, socket: HubSocket): void {
    const watched = this.#watched.get(tag);
    watched?.sockets.delete(socket);
    if (watched?.sockets.size === 0) this.#watched.delete(tag);
  }

  /** The agent's sessions changed: they are listed with the next tick, here and on every other hub. */
  refresh(tag: UserTag): void {
    this.refreshHere(tag);
    this.#deps.fleet.tellAll("sessions_changed", { tag });
  }

  /** The same of this hub alone: another has said so. */
  refreshHere(tag: string): void {
    const watched = this.#watched.get(tag as UserTag); // a string that is none is not watched
    if (watched) watched.listedAt = Number.NEGATIVE_INFINITY;
  }

  /** Once a second. Rejects while the store is away; viewers then keep what they have. */
  async tick(): Promise<void> {
    const all = [...this.#watched];
    if (all.length === 0) return;
    await Promise.all(all.map(([tag, watched]) => this.#list(tag, watched)));
    const asked = all.map(([tag, { sessions }]) => ({ tag, records: sessions }));
    // Commands of one turn travel together: what is read of all agents is on its way in one write.
    const [summaries, agents] = await Promise.all([
      this.#deps.book.summariesOf(asked),
      this.#deps.standings.watched(all.map(([tag]) => tag)),
    ]);
    for (const [index, [, watched]] of all.entries())
      this.#tellAll(watched, summaries[index] ?? [], agents[index] ?? null);
  }

  async #list(tag: UserTag, watched: Watched): Promise<void> {
    const now = this.#deps.now();
    if (now - watched.listedAt < LIST_AGE_MS) return;
    watched.listedAt = now;
    watched.sessions = await this.#deps.book.list(tag);
  }

  #tellAll(watched: Watched, summaries: readonly SessionSummary[], agent: AgentStatus | null): void {
    const states = summaries.map(({ session_id, state, epoch, version, head, notes_rev }) => ({
      session_id,
      state,
      epoch,
      version,
      head,
      notes_rev,
    }));
    for (const [socket, told] of watched.sockets) {
      if (agent !== null) this.#tellAgent(socket, told, agent);
      this.#tellChanges(socket, told, states);
    }
  }

  /** The push at the change itself is a hint, and may be lost; that the agent is gone must be said all the same. */
  #tellAgent(socket: HubSocket, told: Map<string, string>, agent: AgentStatus): void {
    const text = JSON.stringify(agent);
    if (told.get(AGENT) === text) return;
    if (this.#deps.audience.tell(socket, "agent_status", agent)) told.set(AGENT, text);
  }

  /** What could not be sent stays owed: `told` only changes with a message that went out. */
  #tellChanges(socket: HubSocket, told: Map<string, string>, states: readonly SessionStatePush[]): void {
    for (const state of states) {
      const text = JSON.stringify(state);
      if (told.get(state.session_id) === text) continue;
      if (!this.#deps.audience.tell(socket, "session_state", state)) return;
      told.set(state.session_id, text);
    }
  }
}
