import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import type { Count, SharedCounts } from "../fleet/shared-counts.ts";
import { StoreUnavailable } from "../store/port.ts";

/**
 * One kind of counts that forget by themselves: this hub's own, and among many hubs what they counted together. The
 * larger is true: where Redis is away, full or was emptied, each hub goes on with what it has seen itself.
 */
export class Tally {
  readonly #name: string;
  readonly #forS: number;
  /** Only read: what is too many is decided elsewhere. */
  readonly #own: RateLimiterMemory;
  readonly #shared: SharedCounts | null;

  /** @param name of this kind of counts, the same on all hubs */
  constructor(name: string, forS: number, shared: SharedCounts | null) {
    this.#name = name;
    this.#forS = forS;
    this.#own = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: forS });
    this.#shared = shared;
  }

  async read(key: string): Promise<Count> {
    const [own, shared] = await Promise.all([
      this.#own.get(key),
      this.#ask((counts) => counts.read(this.#nameOf(key))),
    ]);
    return larger(own, shared);
  }

  async add(key: string): Promise<Count> {
    const [own, shared] = await Promise.all([
      this.#own.penalty(key),
      this.#ask((counts) => counts.add(this.#nameOf(key), this.#forS)),
    ]);
    return larger(own, shared);
  }

  /** One, from now on for the whole time. Other hubs hear of it in a moment. */
  async mark(key: string): Promise<void> {
    void this.#ask((counts) => counts.mark(this.#nameOf(key), this.#forS));
    await this.#own.set(key, 1, this.#forS);
  }

  #nameOf(key: string): string {
    return `${this.#name} ${key}`;
  }

  /** Undefined where there is nobody to ask. */
  async #ask<T>(step: (counts: SharedCounts) => Promise<T>): Promise<T | undefined> {
    if (this.#shared === null) return undefined;
    try {
      return await step(this.#shared);
    } catch (error) {
      if (error instanceof StoreUnavailable) return undefined;
      throw error;
    }
  }
}

function larger(own: RateLimiterRes | null, shared: Count | undefined): Count {
  const here = { count: own?.consumedPoints ?? 0, leftMs: own?.msBeforeNext ?? 0 };
  return shared !== undefined && shared.count >= here.count ? shared : here;
}
