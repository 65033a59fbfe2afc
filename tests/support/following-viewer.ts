import { setTimeout as pause } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import type { Ack } from "../../shared/protocol/errors.ts";
import type { HubToViewer, PayloadOf, ReplyOf, ViewerToHub } from "../../shared/protocol/event-maps.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { waitToReturnMs } from "../../shared/protocol/return-wait.ts";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import type { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";
import { LogFollower, type LogPosition, type PageOutcome } from "../../web/log/log-follower.ts";
import { readPart } from "../../web/log/log-part.ts";

type Requests = typeof VIEWER_REQUESTS;

/** As the page has them. */
const ANSWER_MS = 25_000;
const PAUSE_MS = 1_000;
const JOIN_AGAIN_MS = 200;

/** One entry at the moment when this viewer first showed it. */
export interface Shown {
  readonly offset: number;
  readonly epoch: string;
  readonly name: string;
  readonly size: number;
  readonly mtime_ms: number;
  readonly revision: number;
  /** `performance.now()` */
  readonly atMs: number;
}

export interface FollowingViewerOptions {
  /** Time between a reconnect and the join, during which the log goes on without this viewer. */
  readonly joinDelayMs?: () => number;
  /** Time until it tries to come back, ms; as the page has it when absent. */
  readonly reconnectMs?: number;
}

/** The page without a screen: it comes back by itself, and follows one log by the page's own rules. */
export class FollowingViewer {
  /** Everything shown since the log was last thrown away, by offset. */
  shown: Shown[] = [];
  /** What a viewer must never show: a hole, or an entry that was already there. */
  readonly faults: string[] = [];
  /** How often the log was thrown away because the hub had lost data. */
  restarts = 0;
  readonly newest = new Map<string, Shown>();
  readonly socket: Socket<HubToViewer, ViewerToHub>;
  readonly #userId: string;
  readonly #joinDelayMs: () => number;
  readonly #reconnectMs: number | null;
  readonly #watchers = new Set<() => void>();
  #follower: LogFollower | null = null;
  #sessionId = "";
  #generation = 0;
  #returning: ReturnType<typeof setTimeout> | undefined;
  #joined = false;
  #closed = false;
  #awaySinceMs = performance.now();
  #comeBackMs: number | null = null;

  constructor(url: string, userId: string, options: FollowingViewerOptions = {}) {
    this.#userId = userId;
    this.#joinDelayMs = options.joinDelayMs ?? (() => 0);
    this.#reconnectMs = options.reconnectMs ?? null;
    this.socket = io(url, {
      auth: { role: "viewer", protocol: PROTOCOL_VERSION },
      transports: ["websocket"],
      forceNew: true,
      timeout: 5_000,
      reconnection: false,
    });
    this.socket.on("connect", () => void this.#admit());
    this.socket.on("bye", ({ retry, retry_after_ms }) => {
      this.#comeBackMs = retry ? retry_after_ms : null;
    });
    this.socket.on("connect_error", () => this.#comeBack());
    this.socket.on("disconnect", () => {
      this.#joined = false;
      this.#awaySinceMs = performance.now();
      this.#comeBack();
    });
    this.socket.on("live_analysis_update", (part) => {
      if (part.session_id === this.#sessionId) this.#follower?.push(readPart(part));
    });
    this.socket.on("session_state", (state) => {
      if (state.session_id === this.#sessionId) this.#follower?.notice(state);
    });
  }

  /** Starts a session over the agent's files and follows it. Tries until the agent is there. */
  async startSession(
    pattern: string,
    analysisParams: PayloadOf<Requests, "start_analysis_session">["analysisParams"] = {},
  ): Promise<SessionSummary> {
    await this.joined();
    for (;;) {
      const filters = { pattern };
      const reply = await this.ask("start_analysis_session", {
        user_id: this.#userId,
        filters,
        analysisParams,
      });
      if (reply.ok) {
        this.follow(reply.value.session.session_id);
        return reply.value.session;
      }
      if (reply.error.code !== "agent_offline") throw new Error(reply.error.message);
      await pause(JOIN_AGAIN_MS);
    }
  }

  /** Follows a session's log from its beginning. */
  follow(sessionId: string): void {
    this.#sessionId = sessionId;
    this.#follower = new LogFollower({
      readPage: (position) => this.#readPage(position),
      pause: () => pause(PAUSE_MS),
      changed: () => this.#look(),
    });
    if (this.#joined) this.#follower.resume();
  }

  /** In words, for the message of a test that failed. */
  async describe(): Promise<string> {
    const link = this.socket.connected
      ? this.#joined
        ? "joined"
        : "connected, not joined"
      : "not connected";
    const reply = await this.ask("join", { user_id: this.#userId });
    const hub = reply.ok
      ? `the hub says ${JSON.stringify(reply.value.agent)} ${JSON.stringify(reply.value.sessions.map(({ head }) => head))}`
      : `the hub says ${reply.error.code}`;
    return `Viewer: ${link}, ${JSON.stringify(this.#follower?.state)}, shows ${this.shown.length}; ${hub}`;
  }

  /** Files that the agent still owes, as the hub knows it; null while nobody knows. */
  async owed(): Promise<number | null> {
    const reply = await this.ask("join", { user_id: this.#userId });
    return reply.ok ? (reply.value.agent.files?.owed ?? null) : null;
  }

  /** Resolves when the hub has let it in. */
  joined(): Promise<void> {
    return this.until("has joined", () => this.#joined);
  }

  /** Resolves at the change that makes `holds` true. @throws Error naming `what` when the time is over */
  until(what: string, holds: () => boolean, withinMs = 60_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!holds()) return;
        done();
        resolve();
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`Not within ${withinMs} ms: ${what}. Log at ${this.shown.length}.`));
      }, withinMs);
      const done = () => {
        clearTimeout(timer);
        this.#watchers.delete(check);
      };
      this.#watchers.add(check);
      check();
    });
  }

  async ask<Name extends keyof Requests>(
    event: Name,
    payload: PayloadOf<Requests, Name>,
  ): Promise<Ack<ReplyOf<Requests, Name>> | { ok: false; error: { code: "no_answer"; message: string } }> {
    // The typings want one overload per event; the signature of this method ties payload and reply together.
    const socket = this.socket.timeout(ANSWER_MS) as unknown as {
      emitWithAck(event: string, payload: unknown): Promise<never>;
    };
    if (!this.socket.connected) return noAnswer;
    return socket.emitWithAck(event, payload).catch(() => noAnswer);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#returning);
    this.socket.disconnect();
  }

  #comeBack(): void {
    if (this.#closed) return;
    const awayMs = performance.now() - this.#awaySinceMs;
    const waitMs = this.#comeBackMs ?? this.#reconnectMs ?? waitToReturnMs(awayMs, Math.random());
    this.#comeBackMs = null;
    clearTimeout(this.#returning);
    this.#returning = setTimeout(() => this.socket.connect(), waitMs);
  }

  /** Joins until it is let in: the agent may be on its way. */
  async #admit(): Promise<void> {
    const connection = this.socket.id;
    await pause(this.#joinDelayMs());
    while (this.socket.connected && this.socket.id === connection) {
      const reply = await this.ask("join", { user_id: this.#userId });
      if (reply.ok) {
        this.#joined = true;
        this.#follower?.resume();
        this.#changed();
        return;
      }
      await pause(JOIN_AGAIN_MS);
    }
  }

  async #readPage({ epoch, version, since }: LogPosition): Promise<PageOutcome> {
    const reply = await this.ask("read_log", {
      user_id: this.#userId,
      session_id: this.#sessionId,
      since,
      ...(epoch === null ? {} : { epoch }),
      ...(version === null ? {} : { version }),
    });
    if (reply.ok) return { kind: "page", part: readPart(reply.value) };
    const { code, message } = reply.error;
    if (code === "epoch_changed") return { kind: "epoch-changed" };
    if (code === "version_gone") return { kind: "version-gone" };
    if (code === "no_answer" && !this.socket.connected) return { kind: "disconnected" };
    if (code === "not_joined") return { kind: "disconnected" };
    return { kind: "failed", message, retryable: code === "no_answer" || reply.error.retryable };
  }

  /** Notes what is on the screen now and was not before. */
  #look(): void {
    const log = this.#follower?.log;
    if (log === undefined) return;
    if (log.generation !== this.#generation) {
      this.#generation = log.generation;
      this.restarts += 1;
      this.shown = [];
      this.newest.clear();
    }
    const atMs = performance.now();
    for (let row = this.shown.length; row < log.next; row++) {
      const offset = log.entry(row, "offset");
      if (offset !== row) this.faults.push(`shows entry ${offset} in place ${row}`);
      const entry: Shown = {
        offset,
        epoch: log.epoch ?? "",
        name: log.names[row] ?? "",
        size: log.entry(row, "size_bytes"),
        mtime_ms: log.entry(row, "mtime_ms"),
        revision: log.entry(row, "revision"),
        atMs,
      };
      this.shown.push(entry);
      this.newest.set(entry.name, entry);
    }
    this.#changed();
  }

  #changed(): void {
    for (const check of this.#watchers) check();
  }
}

const noAnswer = { ok: false, error: { code: "no_answer", message: "no answer" } } as const;
