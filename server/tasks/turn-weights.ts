import type { UserTag } from "../sessions/user-tag.ts";
import type { Store } from "../store/port.ts";
import { MAX_WEIGHT } from "./turns.ts";

/** User tag → weight, where it is not 1. */
const WEIGHTS = "turn-weights";

/** How many turns each user has for one of others, as its agent's enrolment says: kept for when the agent is away. */
export class TurnWeights {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async of(tag: UserTag): Promise<number> {
    const weight = Number((await this.#store.getRecord(WEIGHTS, tag)) ?? 1);
    return Number.isInteger(weight) && weight >= 1 && weight <= MAX_WEIGHT ? weight : 1;
  }

  /** Of two that note at once either may win: the next connection notes it again. */
  async note(tag: UserTag, weight: number): Promise<void> {
    const expected = await this.#store.getRecord(WEIGHTS, tag);
    const next = weight === 1 ? null : String(weight);
    if (next !== expected)
      await this.#store.compareAndSet([{ collection: WEIGHTS, key: tag, expected, next }]);
  }
}
