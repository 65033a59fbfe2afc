import { FIRST_PART_BYTES, MAX_PART_BYTES } from "../shared/protocol/limits.ts";

const FAST_MS = 1_000;
const SLOW_MS = 2_000;
/** At 2 KiB a second a part still takes a second; slower links lose the connection whatever is sent. */
const SMALLEST_PART_BYTES = 2 * 1024;

/**
 * How large a part may be so that the link takes about a second for it: the connection's heartbeat queues behind
 * it. Doubled while parts of full size are fast, halved when one is slow.
 */
export class LinkPace {
  #partBytes: number = FIRST_PART_BYTES;

  get partBytes(): number {
    return this.#partBytes;
  }

  /** A new connection may be another link. */
  reset(): void {
    this.#partBytes = FIRST_PART_BYTES;
  }

  /** @param bytes size of what was sent; small messages say nothing of a fast link, but they do of a slow one */
  took(bytes: number, ms: number): void {
    if (ms > SLOW_MS) this.#partBytes = Math.max(SMALLEST_PART_BYTES, Math.floor(this.#partBytes / 2));
    else if (ms < FAST_MS && bytes >= this.#partBytes / 2)
      this.#partBytes = Math.min(MAX_PART_BYTES, this.#partBytes * 2);
  }
}
