/** Files whose parts are still coming, of one connection. */
interface Holder {
  readonly bytes: number;
  /** Forgets the one that was begun first. */
  dropOldest(): void;
}

/** Enough for many agents with ordinary files under way; of the largest files for so many at once. */
const LEAST_BYTES = 256 * 1024 * 1024;
const LARGEST_AT_ONCE = 4;

/**
 * The memory that all unfinished files of a hub may take together. Where there is no room, whoever holds most gives
 * way: a file that is dropped is asked for from its beginning, and who sends ordinary files never meets the limit.
 */
export class UploadRoom {
  readonly #mostBytes: number;
  readonly #holders = new Set<Holder>();

  constructor(maxFileBytes: number) {
    this.#mostBytes = Math.max(LEAST_BYTES, LARGEST_AT_ONCE * maxFileBytes);
  }

  /** Makes room for what `holder` is about to hold; it may be its own files that give way. */
  admit(holder: Holder, bytes: number): void {
    this.#holders.add(holder);
    while (this.bytes + bytes > this.#mostBytes) {
      const [largest] = [...this.#holders].sort((a, b) => b.bytes - a.bytes);
      if (largest === undefined || largest.bytes === 0) return;
      largest.dropOldest();
    }
  }

  /** The holder's connection is over. */
  leave(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** What all of them take. */
  get bytes(): number {
    return [...this.#holders].reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
