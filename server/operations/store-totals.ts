import type { Hub } from "../realtime/hub.ts";
import { census } from "./census.ts";

/** What the store holds. `counted_at_ms`: when that was looked up. */
export interface Totals {
  readonly agents: number;
  readonly sessions: number;
  readonly files: number;
  readonly counted_at_ms: number;
}

/** Counting reads the records of every agent, so it is done at most this often, whoever asks. */
const COUNTED_EVERY_MS = 30_000;

/** How much is in the store, counted when somebody asks. */
export class StoreTotals {
  readonly #hub: Pick<Hub, "registry" | "book" | "now">;
  #latest: Totals | null = null;
  #counting: Promise<Totals> | null = null;

  constructor(hub: Pick<Hub, "registry" | "book" | "now">) {
    this.#hub = hub;
  }

  /** Rejects while the store is away. */
  async read(): Promise<Totals> {
    if (this.#latest !== null && this.#hub.now() - this.#latest.counted_at_ms < COUNTED_EVERY_MS)
      return this.#latest;
    this.#counting ??= this.#count().finally(() => {
      this.#counting = null;
    });
    this.#latest = await this.#counting;
    return this.#latest;
  }

  async #count(): Promise<Totals> {
    const agents = (await this.#hub.registry.tags()).length;
    let sessions = 0;
    let files = 0;
    for await (const { head } of census(this.#hub)) {
      sessions += 1;
      files += head;
    }
    return { agents, sessions, files, counted_at_ms: this.#hub.now() };
  }
}
