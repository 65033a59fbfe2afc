import { createHash } from "node:crypto";
import { type ErrorCode, RequestError } from "../../shared/protocol/errors.ts";
import type { SharedCounts } from "../fleet/shared-counts.ts";
import { addressKey } from "./client-address.ts";
import { WELCOME_S, WRONG_EVERYWHERE, WRONG_PER_ADDRESS, WRONG_WINDOW_S } from "./limits.ts";
import { Tally } from "./tally.ts";

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
  readonly #wrong: Tally;
  readonly #everywhere: Tally;
  /** Address and credential → counted already. */
  readonly #counted: Tally;
  /** Address and credential → opened something. */
  readonly #welcome: Tally;
  readonly #turns = new Map<string, Promise<unknown>>();

  /**
   * @param what is guessed: counted apart from everything else
   * @param shared where many hubs count together, or each would give as many guesses again
   */
  constructor(what: string, shared: SharedCounts | null) {
    const tally = (name: string, forS: number) => new Tally(`${what} ${name}`, forS, shared);
    this.#wrong = tally("wrong", WRONG_WINDOW_S);
    this.#everywhere = tally("everywhere", WRONG_WINDOW_S);
    this.#counted = tally("counted", WRONG_WINDOW_S);
    this.#welcome = tally("welcome", WELCOME_S);
  }

  /**
   * Looks a credential up, unless its address has been wrong too often. Lookups of one address take turns: a
   * thousand guesses at once are counted as a thousand guesses one after the other. (One at each hub: of many hubs
   * all but one may look up one guess more.)
   *
   * @throws RequestError too_many_requests with `retry_after_ms`; what `look` throws
   */
  attempt<T>(address: string, credential: string, look: () => Promise<T>): Promise<T> {
    const from = addressKey(address);
    return this.#inTurn(from, async () => {
      const pair = `${from} ${createHash("sha256").update(credential).digest("base64url")}`;
      const welcome = await this.#welcome.read(pair);
      if (welcome.count === 0) await this.#assertPatient(from);
      try {
        const found = await look();
        if (welcome.leftMs < WELCOME_S * 500) await this.#welcome.mark(pair);
        return found;
      } catch (error) {
        if (error instanceof RequestError && WRONG.has(error.code)) await this.#countWrong(from, pair);
        throw error;
      }
    });
  }

  /** While many addresses guess together, each has a single wrong credential: who is right is not held up. */
  async #assertPatient(from: string): Promise<void> {
    const [wrong, everywhere] = await Promise.all([this.#wrong.read(from), this.#everywhere.read("all")]);
    const allowed = everywhere.count < WRONG_EVERYWHERE ? WRONG_PER_ADDRESS : 1;
    if (wrong.count < allowed) return;
    const retry_after_ms = Math.max(1_000, wrong.leftMs);
    throw new RequestError(
      "too_many_requests",
      `Too many wrong IDs, links or tokens came from this network. Try again in ${Math.ceil(retry_after_ms / 60_000)} min.`,
      { retry_after_ms },
    );
  }

  async #countWrong(from: string, pair: string): Promise<void> {
    const { count } = await this.#counted.add(pair);
    if (count > 1) return;
    await Promise.all([this.#wrong.add(from), this.#everywhere.add("all")]);
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
