/** So many at once, and so many a second in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Counts what one party does against a rate. No clock of its own, no timer. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = nowMs;
  }

  /** Takes one. @returns 0 when there was one, else in how many ms there is one again */
  take(nowMs: number): number {
    this.#refill(nowMs);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#tokens) / this.#rate.perSecond) * 1_000);
  }

  /** Nothing was taken lately: the same as one that was just made. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens === this.#rate.burst;
  }

  #refill(nowMs: number): void {
    // A clock that was set back takes nothing away.
    const passed_s = Math.max(0, nowMs - this.#at) / 1_000;
    this.#at = nowMs;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + passed_s * this.#rate.perSecond);
  }
}

/** One bucket each for many parties (addresses, users). Holds a bounded number: full buckets need not be kept. */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #most: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate, most: number) {
    this.#rate = rate;
    this.#most = most;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one of a party's. @returns 0 when there was one, else in how many ms there is one again */
  take(key: string, nowMs: number): number {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known.take(nowMs);
    if (this.#buckets.size >= this.#most) this.#makeRoom(nowMs);
    const made = new TokenBucket(this.#rate, nowMs);
    this.#buckets.set(key, made);
    return made.take(nowMs);
  }

  /** Lets go of who was quiet; while nobody was, of half of them, oldest first: a flood must not fill the memory. */
  #makeRoom(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(key);
    if (this.#buckets.size < this.#most) return;
    let surplus = this.#most / 2;
    for (const key of this.#buckets.keys()) {
      if (surplus-- <= 0) return;
      this.#buckets.delete(key);
    }
  }
}
