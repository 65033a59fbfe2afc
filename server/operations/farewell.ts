import type { Bye } from "../../shared/protocol/agent-events.ts";
import { ERRORS } from "../../shared/protocol/errors.ts";

/** How many come back in a second when a hub sends its clients away: each costs the others a handshake and a page. */
const RETURNS_PER_SECOND = 200;
const SHORTEST_WINDOW_MS = 2_000;
/** Longer, and people would reload the page. */
const LONGEST_WINDOW_MS = 30_000;
/** Parts of the window that the log's histogram has. */
const PARTS = 10;

/** When each of `clients` comes back: all over the window, evenly, each at its own moment in its own slot. */
export class Farewell {
  readonly window_ms: number;
  readonly #clients: number;
  readonly #chance: () => number;
  readonly #parts: number[] = new Array(PARTS).fill(0);
  #said = 0;

  /** @param chance uniform in [0, 1) */
  constructor(clients: number, chance: () => number) {
    const wanted = (clients / RETURNS_PER_SECOND) * 1_000;
    this.window_ms = Math.round(Math.min(LONGEST_WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, wanted)));
    this.#clients = Math.max(1, clients);
    this.#chance = chance;
  }

  /** The last word to the next client. */
  next(): Bye {
    const slot = (this.#said + this.#chance()) / this.#clients;
    const place = slot % 1; // a client that came meanwhile has no slot of its own
    this.#said += 1;
    const part = Math.floor(place * PARTS);
    this.#parts[part] = (this.#parts[part] ?? 0) + 1;
    const { message } = ERRORS.shutdown;
    return { code: "shutdown", message, retry: true, retry_after_ms: Math.round(place * this.window_ms) };
  }

  /** How many were told to come back in each tenth of the window. */
  get histogram(): readonly number[] {
    return this.#parts;
  }
}
