import { RequestError } from "../../shared/protocol/errors.ts";
import { REFUSALS_RATE } from "./limits.ts";
import { type Rate, TokenBucket } from "./token-bucket.ts";

export interface TrafficRules {
  readonly rate: Rate;
  readonly inFlight: number;
  /** Asked after the connection's own rate: takes one of what it shares with others. @returns ms to wait, 0: none */
  readonly shared: (nowMs: number) => number;
  readonly now: () => number;
  /** The connection goes on asking although it was told to wait. */
  readonly onUnruly: () => void;
}

/** A request that waits while others are answered may come back after this. */
const BUSY_RETRY_MS = 250;

/** The requests of one connection: how fast they come, and how many wait for their answer. */
export class Traffic {
  readonly #rules: TrafficRules;
  readonly #bucket: TokenBucket;
  readonly #refusals: TokenBucket;
  #waiting = 0;
  #unruly = false;

  constructor(rules: TrafficRules) {
    this.#rules = rules;
    this.#bucket = new TokenBucket(rules.rate, rules.now());
    this.#refusals = new TokenBucket(REFUSALS_RATE, rules.now());
  }

  /** Counts a request that has come. @returns why it is not served; null: it is, and then `answered` is owed */
  arrived(): RequestError | null {
    const wait_ms = this.#mustWait();
    if (wait_ms === 0) {
      this.#waiting += 1;
      return null;
    }
    if (this.#refusals.take(this.#rules.now()) > 0 && !this.#unruly) {
      this.#unruly = true;
      this.#rules.onUnruly();
    }
    return new RequestError(
      "too_many_requests",
      `This connection asks faster than the hub answers (at most ${this.#rules.rate.perSecond} requests a second, ${this.#rules.inFlight} unanswered). Try again in ${Math.ceil(wait_ms / 1_000)} s.`,
      { retry_after_ms: wait_ms },
    );
  }

  answered(): void {
    this.#waiting -= 1;
  }

  #mustWait(): number {
    if (this.#waiting >= this.#rules.inFlight) return BUSY_RETRY_MS;
    const now = this.#rules.now();
    const own = this.#bucket.take(now);
    return own > 0 ? own : this.#rules.shared(now);
  }
}
