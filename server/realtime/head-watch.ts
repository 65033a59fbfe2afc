import type { AgentStatus } from "../../shared/protocol/session.ts";
import type { SessionStatePush } from "../../shared/protocol/viewer-events.ts";
import type { SessionBook, SessionRecord } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { Audience, HubSocket } from "./audience.ts";

/** Sessions of an agent are listed anew this often; changes through this hub are seen at once (`refresh`). */
const LIST_AGE_MS = 5_000;

/** Beside session IDs in what a socket was told; no session ID is this short. */
const AGENT = "agent";

type StatusOf = (tag: UserTag) => Promise<AgentStatus | null>;

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
  readonly #audience: Audience;
  readonly #book: SessionBook;
  readonly #now: () => number;
  readonly #statusOf: StatusOf;
  readonly #watched = new Map<UserTag, Watched>();

  constructor(audience: Audience, book: SessionBook, now: () => number, statusOf: StatusOf) {
    this.#audience = audience;
    this.#book = book;
    this.#now = now;
    this.#statusOf = statusOf;
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

  /** The agent's sessions changed: list them with the next tick. */
  refresh(tag: UserTag): void {
    const watched = this.#watched.get(tag);
    if (watched) watched.listedAt = Number.NEGATIVE_INFINITY;
  }

  /** Once a second. Rejects while the store is away; viewers then keep what they have. */
  async tick(): Promise<void> {
    await Promise.all([...this.#watched].map(([tag, watched]) => this.#tellAll(tag, watched)));
  }

  async #tellAll(tag: UserTag, watched: Watched): Promise<void> {
    const now = this.#now();
    if (now - watched.listedAt >= LIST_AGE_MS) {
      watched.listedAt = now;
      watched.sessions = await this.#book.list(tag);
    }
    const summaries = await this.#book.summaries(tag, watched.sessions);
    const states = summaries.map(({ session_id, state, epoch, version, head, notes_rev }) => ({
      session_id,
      state,
      epoch,
      version,
      head,
      notes_rev,
    }));
    const agent = await this.#statusOf(tag);
    for (const [socket, told] of watched.sockets) {
      if (agent !== null) this.#tellAgent(socket, told, agent);
      this.#tellChanges(socket, told, states);
    }
  }

  /** The push at the change itself is a hint, and may be lost; that the agent is gone must be said all the same. */
  #tellAgent(socket: HubSocket, told: Map<string, string>, agent: AgentStatus): void {
    const text = JSON.stringify(agent);
    if (told.get(AGENT) === text) return;
    if (this.#audience.tell(socket, "agent_status", agent)) told.set(AGENT, text);
  }

  /** What could not be sent stays owed: `told` only changes with a message that went out. */
  #tellChanges(socket: HubSocket, told: Map<string, string>, states: readonly SessionStatePush[]): void {
    for (const state of states) {
      const text = JSON.stringify(state);
      if (told.get(state.session_id) === text) continue;
      if (!this.#audience.tell(socket, "session_state", state)) return;
      told.set(state.session_id, text);
    }
  }
}
