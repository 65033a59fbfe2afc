import type { SessionId } from "../../shared/protocol/session.ts";
import type { TaskId } from "../../shared/protocol/task.ts";
import { Pace } from "./pace.ts";

/** Names that are remembered for one session: 50,000 × ≈ 100 B = 5 MB. Past it, whatever comes counts as old. */
const MAX_NAMES = 50_000;

/** What one session still wants of the files that its agent had before. */
export class SessionCatchUp {
  readonly task_id: TaskId;
  readonly session_id: SessionId;
  readonly beganAt: number;
  total = 0;
  done = 0;
  readonly pace = new Pace();
  readonly #names = new Set<string>();

  constructor(session_id: SessionId, task_id: TaskId, now: number) {
    this.session_id = session_id;
    this.task_id = task_id;
    this.beganAt = now;
  }

  wanted(names: readonly string[], now: number): void {
    for (const name of names) {
      if (this.#names.has(name)) continue;
      this.total += 1;
      if (this.#names.size < MAX_NAMES) this.#names.add(name);
    }
    this.pace.note(this.done, now);
  }

  /** Whether a file is one that was offered. */
  has(name: string): boolean {
    return this.#names.has(name) || this.#unnamed > 0;
  }

  /** A file of it is through: stored, or never to be taken. */
  through(name: string, now: number): void {
    if (!this.#names.delete(name) && this.#unnamed <= 0) return;
    this.done += 1;
    this.pace.note(this.done, now);
  }

  get open(): boolean {
    return this.done < this.total;
  }

  get #unnamed(): number {
    return this.total - this.done - this.#names.size;
  }
}

/**
 * What one connected agent is catching up on: files that it offered, and this hub wants. Lives as long as the
 * connection; after the next one the agent offers anew, so nothing can leak.
 */
export class AgentCatchUp {
  readonly sessions = new Map<SessionId, SessionCatchUp>();

  /** The agent was told that these are wanted. */
  wanted(session_id: SessionId, names: readonly string[], by: { now: number; newId: () => TaskId }): void {
    if (names.length === 0) return;
    const known = this.sessions.get(session_id);
    const session = known?.open ? known : new SessionCatchUp(session_id, by.newId(), by.now);
    session.wanted(names, by.now);
    this.sessions.set(session_id, session);
  }

  isOld(session_id: SessionId, name: string): boolean {
    return this.sessions.get(session_id)?.has(name) ?? false;
  }

  through(session_id: SessionId, name: string, now: number): void {
    this.sessions.get(session_id)?.through(name, now);
  }

  /** The agent owes nothing any more: what was wanted and did not come is gone from its folder. */
  nothingOwed(): void {
    for (const session of this.sessions.values()) session.done = session.total;
  }

  /** Whether anything that was wanted has not come yet. */
  get active(): boolean {
    return [...this.sessions.values()].some(({ open }) => open);
  }
}
