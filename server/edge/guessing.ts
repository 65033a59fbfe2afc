import { createHash } from "node:crypto";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { type ErrorCode, RequestError } from "../../shared/protocol/errors.ts";
import { addressKey } from "./client-address.ts";
import { WELCOME_S, WRONG_EVERYWHERE, WRONG_PER_ADDRESS, WRONG_WINDOW_S } from "./limits.ts";

/** Refusals that mean: this credential opens nothing here. */
const WRONG: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "unknown_user_id",
  "unknown_share_link",
  "invalid_enrolment",
  "invalid_admin_token",
]);

/**
 * Makes guessing credentials hopeless. Counts different wrong ones, so that a script that asks with one wrong ID
 * for ever locks nobody out; past the limit right and wrong are answered alike, and nothing is looked up.
 */
export class Guessing {
  /** Address → wrong credentials. */
  readonly #wrong = memory(WRONG_WINDOW_S);
  readonly #everywhere = memory(WRONG_WINDOW_S);
  /** Address and credential → counted already. */
  readonly #counted = memory(WRONG_WINDOW_S);
  /** Address and credential → opened something. */
  readonly #welcome = memory(WELCOME_S);
  readonly #turns = new Map<string, Promise<unknown>>();

  /**
   * Looks a credential up, unless its address has been wrong too often. Lookups of one address take turns: a
   * thousand guesses at once are counted as a thousand guesses one after the other.
   *
   * @throws RequestError too_many_requests with `retry_after_ms`; what `look` throws
   */
  attempt<T>(address: string, credential: string, look: () => Promise<T>): Promise<T> {
    const from = addressKey(address);
    return this.#inTurn(from, async () => {
      const pair = `${from} ${createHash("sha256").update(credential).digest("base64url")}`;
      await this.#assertPatient(from, pair);
      try {
        const found = await look();
        await this.#welcome.set(pair, 1, WELCOME_S);
        return found;
      } catch (error) {
        if (error instanceof RequestError && WRONG.has(error.code)) await this.#countWrong(from, pair);
        throw error;
      }
    });
  }

  /** While many addresses guess together, each has a single wrong credential: who is right is not held up. */
  async #assertPatient(from: string, pair: string): Promise<void> {
    if ((await this.#welcome.get(pair)) !== null) return;
    const wrong = await this.#wrong.get(from);
    const everywhere = await this.#everywhere.get("all");
    const allowed = (everywhere?.consumedPoints ?? 0) < WRONG_EVERYWHERE ? WRONG_PER_ADDRESS : 1;
    if (wrong === null || wrong.consumedPoints < allowed) return;
    const retry_after_ms = Math.max(1_000, wrong.msBeforeNext);
    throw new RequestError(
      "too_many_requests",
      `Too many wrong IDs, links or tokens came from this network. Try again in ${Math.ceil(retry_after_ms / 60_000)} min.`,
      { retry_after_ms },
    );
  }

  async #countWrong(from: string, pair: string): Promise<void> {
    const { consumedPoints } = await this.#counted.penalty(pair);
    if (consumedPoints > 1) return;
    await this.#wrong.penalty(from);
    await this.#everywhere.penalty("all");
  }

  async #inTurn<T>(from: string, step: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(from);
    const done = (before ?? Promise.resolve()).then(step, step);
    this.#turns.set(from, done);
    try {
      return await done;
    } finally {
      if (this.#turns.get(from) === done) this.#turns.delete(from);
    }
  }
}

/** Counts that forget by themselves. They are only read: what is too many is decided here. */
function memory(duration: number): RateLimiterMemory {
  return new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration });
}
