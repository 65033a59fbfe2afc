import type { ReadPart } from "./log-part.ts";
import { SessionLog } from "./session-log.ts";

/** What one request for a page ended with. */
export type PageOutcome =
  | { readonly kind: "page"; readonly part: ReadPart }
  | { readonly kind: "epoch-changed" }
  | { readonly kind: "version-gone" }
  /** The connection went away; `resume` is called when it is back. */
  | { readonly kind: "disconnected" }
  | { readonly kind: "failed"; readonly message: string; readonly retryable: boolean };

/** Where reading goes on; without an epoch it is the first page. */
export interface LogPosition {
  readonly epoch: string | null;
  readonly version: number | null;
  readonly since: number;
}

export interface FollowerPorts {
  readPage(position: LogPosition): Promise<PageOutcome>;
  /** Resolves before a failed page is asked for again. */
  pause(): Promise<void>;
  /** The log or the state of following it has changed. */
  changed(): void;
}

export type FollowingState =
  | { readonly kind: "reading" }
  | { readonly kind: "up-to-date" }
  | { readonly kind: "waiting"; readonly message: string }
  | { readonly kind: "gone"; readonly message: string };

/** A version that is to take the place of the shown one as soon as all of it is here. */
interface Successor {
  readonly version: number;
  readonly log: SessionLog;
}

/**
 * Keeps one log equal to the hub's. Pushes are hints: one that fits is taken, one that does not is a reason to
 * read. Reading is the truth: one page after another until the head, one request at a time.
 */
export class LogFollower {
  readonly log = new SessionLog();
  state: FollowingState = { kind: "reading" };
  private readonly ports: FollowerPorts;
  private successor: Successor | null = null;
  private pulling = false;
  /** Something was noticed while a page was on its way: read once more after it. */
  private noticed = false;

  constructor(ports: FollowerPorts) {
    this.ports = ports;
  }

  /** A live part. */
  push(part: ReadPart): void {
    const applied = this.log.apply(part);
    const isNext = part.version === this.successor?.version && this.successor.log.apply(part) !== "gap";
    if (isNext) this.handOver();
    else if (applied === "gap" || applied === "foreign") void this.pull();
    else if (applied === "appended") this.settle();
  }

  /** Where the hub says that the log stands. */
  notice(position: { readonly epoch: string; readonly version: number; readonly head: number }): void {
    const { log } = this;
    const same = position.epoch === log.epoch && position.version === log.version;
    if (position.epoch === log.epoch) this.expect(position.version);
    if (same) log.head = Math.max(log.head, position.head);
    if (!same || log.head > log.next) void this.pull();
  }

  /** After a reconnect: from where it stopped. */
  resume(): void {
    void this.pull();
  }

  private async pull(): Promise<void> {
    this.noticed = true;
    if (this.pulling) return;
    this.pulling = true;
    while (this.noticed) {
      this.noticed = false;
      await this.readOnce();
    }
    this.pulling = false;
  }

  private async readOnce(): Promise<void> {
    const { successor } = this;
    const { next } = successor?.log ?? this.log;
    const version = successor?.version ?? this.log.version;
    const outcome = await this.ports.readPage({ epoch: this.log.epoch, version, since: next });
    switch (outcome.kind) {
      case "page":
        return successor === null
          ? this.takePage(outcome.part, next)
          : this.takeNextPage(outcome.part, successor);
      case "epoch-changed":
      case "version-gone":
        return this.startAnew();
      case "disconnected":
        return;
      case "failed":
        this.state = { kind: outcome.retryable ? "waiting" : "gone", message: outcome.message };
        this.ports.changed();
        if (!outcome.retryable) return;
        await this.ports.pause();
        this.noticed = true;
    }
  }

  private async takePage(part: ReadPart, asked: number): Promise<void> {
    // A page is the hub's own answer: where it disagrees with what is here, what is here is old.
    if (this.log.apply(part) === "foreign") return this.startAnew();
    this.settle();
    if (this.log.head <= this.log.next) return;
    // A page that brings nothing although there is more must not become a storm of requests.
    if (this.log.next === asked) await this.ports.pause();
    this.noticed = true;
  }

  /** Another set of parameters counts: what is shown stays until everything is here with it. */
  private expect(version: number): void {
    if (version === this.log.version) this.successor = null;
    else if (version !== this.successor?.version) this.successor = { version, log: new SessionLog() };
  }

  private takeNextPage(part: ReadPart, successor: Successor): void {
    // A yet newer one may have been noticed while this page was on its way.
    if (successor === this.successor && successor.log.apply(part) !== "foreign") this.handOver();
    this.noticed = true;
  }

  private handOver(): void {
    const { successor } = this;
    if (successor === null || successor.log.head > successor.log.next) return;
    this.log.become(successor.log);
    this.successor = null;
    this.settle();
  }

  private startAnew(): void {
    this.successor = null;
    this.log.clear();
    this.state = { kind: "reading" };
    this.noticed = true;
    this.ports.changed();
  }

  private settle(): void {
    this.state = { kind: this.log.head > this.log.next ? "reading" : "up-to-date" };
    this.ports.changed();
  }
}
