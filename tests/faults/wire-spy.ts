import type { Tap } from "../support/tcp-proxy.ts";

/** Looks for words that must never come this way, in every byte that a client receives. */
export class WireSpy {
  readonly found: string[] = [];
  readonly #words: Buffer[] = [];
  /** The end of what each connection brought last: a word may lie across two chunks. */
  readonly #ends = new Map<number, Buffer>();
  #longest = 0;

  forbid(word: string): void {
    this.#words.push(Buffer.from(word));
    this.#longest = Math.max(this.#longest, word.length);
  }

  readonly tap: Tap = (link, direction, chunk) => {
    if (direction === "up") return true;
    const bytes = Buffer.concat([this.#ends.get(link) ?? Buffer.alloc(0), chunk]);
    for (const word of this.#words) if (bytes.includes(word)) this.found.push(word.toString());
    this.#ends.set(link, bytes.subarray(Math.max(0, bytes.length - this.#longest)));
    return true;
  };
}
