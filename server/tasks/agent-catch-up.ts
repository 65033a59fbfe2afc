import type { SessionId } from "../../shared/protocol/session.ts";
import type { TaskId } from "../../shared/protocol/task.ts";
import type { CatchUpAhead } from "./catch-up-estimate.ts";
import { Flow } from "./flow.ts";

/** Names that are remembered for one session: 50,000 × ≈ 100 B = 5 MB. Past it, whatever comes counts as old. */
const MAX_NAMES = 50_000;
/** What one session still wants of the files that its agent had before. */
export class SessionCatchUp {
  readonly task_id: TaskId;
  readonly session_id: SessionId;
  readonly beganAt: number;
  total = 0;
  done = 0;
  readonly #names = new Set<string>();

  constructor(session_id: SessionId, task_id: TaskId, now: number) {
    this.session_id = session_id;
    this.task_id = task_id;
    this.beganAt = now;
  }

  wanted(names: readonly string[]): void {
    for (const name of names) {
      if (this.#names.has(name)) continue;
      this.total += 1;
      if (this.#names.size < MAX_NAMES) this.#names.add(name);
    }
  }

  /** Whether a file is one that was offered. */
  has(name: string): boolean {
    return this.#names.has(name) || this.#unnamed > 0;
  }

  /** A file of it is through: stored, or never to be taken. */
  through(name: string): void {
    if (this.#names.delete(name) || this.#unnamed > 0) this.done += 1;
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
  /** Of all its sessions together, since it last had nothing to catch up on. */
  #flow = new Flow(0);

  /** The agent was told that these are wanted. */
  wanted(session_id: SessionId, names: readonly string[], by: { now: number; newId: () => TaskId }): void {
    if (names.length === 0) return;
    if (!this.active) this.#flow = new Flow(by.now);
    const known = this.sessions.get(session_id);
    const session = known?.open ? known : new SessionCatchUp(session_id, by.newId(), by.now);
    session.wanted(names);
    this.sessions.set(session_id, session);
  }

  isOld(session_id: SessionId, name: string): boolean {
    return this.sessions.get(session_id)?.has(name) ?? false;
  }

  through(session_id: SessionId, name: string): void {
    this.sessions.get(session_id)?.through(name);
  }

  /** Measures one file's stay: call this when it comes, and what it gives when it goes. */
  come(now: number): (now: number) => void {
    const flow = this.#flow;
    flow.come(now);
    return (then) => flow.go(then);
  }

  /** The agent owes nothing any more: what was wanted and did not come is gone from its folder. */
  nothingOwed(): void {
    for (const session of this.sessions.values()) session.done = session.total;
  }

  /** What an estimate is made of. */
  ahead(weight: number, now: number): CatchUpAhead {
    const left = [...this.sessions.values()].map(({ total, done }) => total - done);
    return { weight, left, absentMs: this.#flow.perFile(now)?.emptyMs ?? null };
  }

  /** Whether anything that was wanted has not come yet. */
  get active(): boolean {
    for (const { open } of this.sessions.values()) if (open) return true;
    return false;
  }
}
