import type { PageContent } from "./log-page.ts";

/** Four sessions of 20,000 entries: those that a department has open. */
const MAX_BYTES = 32 * 1024 * 1024;
/** A name of 20 characters as V8 keeps it, and its place in the list. */
const NAME_BYTES = 48;

/** The pages that were read or made last, up to a bound in bytes. What it holds can never change. */
export class PageMemory {
  readonly #pages = new Map<string, PageContent>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): PageContent | undefined {
    const page = this.#pages.get(key);
    if (page === undefined) return undefined;
    // Behind all others: the one that was not asked for longest is the first to go.
    this.#pages.delete(key);
    this.#pages.set(key, page);
    return page;
  }

  put(key: string, page: PageContent): void {
    this.#remove(key);
    this.#pages.set(key, page);
    this.#bytes += weight(page);
    for (const oldest of this.#pages.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const page = this.#pages.get(key);
    if (page === undefined) return;
    this.#pages.delete(key);
    this.#bytes -= weight(page);
  }
}

function weight({ names, entries, results, notes }: PageContent): number {
  const texts = notes.reduce((sum, { message }) => sum + 2 * message.length, names.length * NAME_BYTES);
  return texts + entries.byteLength + results.byteLength;
}
