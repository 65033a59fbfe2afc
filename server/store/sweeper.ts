import type { GroupCommit } from "./group-commit.ts";
import { StoreUnavailable } from "./port.ts";

/** Between two steps live files have their turn. */
const PAUSE_MS = 5;
const RETRY_MS = 5000;

/**
 * Gives back the space of what was deleted, in small steps beside the live work: removing 20,000 scans in one
 * step would stop the hub for seconds. What is left over at a crash is found again at the next start.
 */
export class Sweeper {
  readonly #commits: GroupCommit;
  readonly #step: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param step removes a little inside a transaction and says whether there is more */
  constructor(commits: GroupCommit, step: () => boolean) {
    this.#commits = commits;
    this.#step = step;
  }

  start(): void {
    this.#schedule(PAUSE_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => void this.#run(), delayMs).unref();
  }

  async #run(): Promise<void> {
    try {
      const more = await this.#commits.run(0, this.#step);
      this.#timer = undefined;
      if (more) this.#schedule(PAUSE_MS);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#timer = undefined;
      this.#schedule(RETRY_MS);
    }
  }
}
