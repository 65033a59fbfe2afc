import { Readable } from "node:stream";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { UserTag } from "../sessions/user-tag.ts";

/** Downloads that may run at once: each reads a page of the log at a time, so this bounds memory to some 100 MB. */
const MAX_RUNNING = 32;
/** Of those, for one agent: a class that clicks in the same moment waits its turn, and nobody else does. */
const MAX_OF_ONE_AGENT = 8;
/** A download from which nothing was taken for this long is ended: its place is for others. */
const IDLE_MS = 60_000;
const IDLE_LOOK_MS = 10_000;
/** When to ask again where all places are taken. */
const RETRY_MS = 5_000;
/** Bytes that are made before a slow reader has taken the first of them. */
const AHEAD_BYTES = 64 * 1024;

interface Running {
  readonly tag: UserTag;
  stream: Readable | null;
  takenAt: number;
}

/** The downloads that this hub serves at this moment. */
export class RunningExports {
  readonly #now: () => number;
  readonly #running = new Set<Running>();
  readonly #timer: NodeJS.Timeout;
  #closing = false;

  constructor(now: () => number) {
    this.#now = now;
    this.#timer = setInterval(() => this.#endIdle(), IDLE_LOOK_MS);
    this.#timer.unref();
  }

  get size(): number {
    return this.#running.size;
  }

  /**
   * Serves one download: `open` prepares it, and its pieces are asked for as the reader takes them.
   *
   * @throws RequestError too_many_requests, shutdown; what `open` throws
   */
  async serve(tag: UserTag, open: () => Promise<AsyncIterable<Uint8Array | string>>): Promise<Readable> {
    this.#assertRoom(tag);
    const one: Running = { tag, stream: null, takenAt: this.#now() };
    this.#running.add(one);
    try {
      const pieces = await open();
      one.takenAt = this.#now(); // preparing may take its time
      one.stream = Readable.from(this.#noting(one, pieces), {
        objectMode: false,
        highWaterMark: AHEAD_BYTES,
      });
      one.stream.once("close", () => this.#running.delete(one));
      return one.stream;
    } catch (error) {
      this.#running.delete(one);
      throw error;
    }
  }

  /** No new ones. Those that run may end, until the hub cuts all connections; a reader sees that it was cut. */
  close(): void {
    this.#closing = true;
    clearInterval(this.#timer);
  }

  async *#noting(one: Running, pieces: AsyncIterable<Uint8Array | string>) {
    for await (const piece of pieces) {
      one.takenAt = this.#now();
      if (piece.length > 0) yield piece;
    }
  }

  #assertRoom(tag: UserTag): void {
    if (this.#closing) throw new RequestError("shutdown");
    const mine = [...this.#running].filter((one) => one.tag === tag).length;
    if (this.#running.size < MAX_RUNNING && mine < MAX_OF_ONE_AGENT) return;
    const message = "As many exports are being downloaded as can be at once. Try again in a moment.";
    throw new RequestError("too_many_requests", message, { retry_after_ms: RETRY_MS });
  }

  #endIdle(): void {
    const since = this.#now() - IDLE_MS;
    for (const { stream, takenAt } of this.#running) if (takenAt < since) stream?.destroy();
  }
}
