import type { Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";

/** What one direction of a connection does to the bytes on it. */
export interface Toxics {
  readonly latencyMs: number;
  /** Added to the latency, evenly from 0; the order stays. */
  readonly jitterMs: number;
  readonly bytesPerSecond: number;
  /** Every write has 1 to 16 bytes. */
  readonly sliced: boolean;
}

export const CLEAN: Toxics = {
  latencyMs: 0,
  jitterMs: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  sliced: false,
};

/** As much as waits in here; beyond it the sender's own socket fills, as on a real way. */
const MAX_WAITING_BYTES = 64 * 1024;
const MAX_SLICE_BYTES = 16;
/** A slow way lets this much through at once: a tenth of a second of it, or one Ethernet frame. */
const FRAME_BYTES = 1_500;

interface Parcel {
  readonly chunk: Buffer;
  readonly dueMs: number;
}

/** One direction of one connection. */
export class Wire {
  toxics: Toxics;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #passes: (chunk: Buffer) => boolean;
  readonly #parcels: Parcel[] = [];
  #waitingBytes = 0;
  #silent = false;
  #moving = false;
  #ended = false;

  /** @param passes looks at each chunk as it comes; false: it is lost, and the connection is being ended */
  constructor(from: Socket, to: Socket, toxics: Toxics, passes: (chunk: Buffer) => boolean) {
    this.toxics = toxics;
    this.#from = from;
    this.#to = to;
    this.#passes = passes;
    from.on("data", (chunk: Buffer) => this.#take(chunk));
    from.on("end", () => this.#end());
    from.on("close", () => this.#close());
    // The reason does not matter: `close` follows.
    from.on("error", () => {});
  }

  /** Swallows everything from now on, the end of the connection included. */
  silence(): void {
    this.#silent = true;
    this.#parcels.length = 0;
    this.#waitingBytes = 0;
    this.#from.resume();
  }

  #take(chunk: Buffer): void {
    if (this.#silent || !this.#passes(chunk)) return;
    const { latencyMs, jitterMs } = this.toxics;
    this.#parcels.push({ chunk, dueMs: performance.now() + latencyMs + jitterMs * Math.random() });
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#from.pause();
    void this.#move();
  }

  async #move(): Promise<void> {
    if (this.#moving) return;
    this.#moving = true;
    for (let parcel = this.#parcels.shift(); parcel !== undefined; parcel = this.#parcels.shift()) {
      const earlyMs = parcel.dueMs - performance.now();
      if (earlyMs > 0) await pause(earlyMs);
      await this.#deliver(parcel.chunk);
      this.#waitingBytes -= parcel.chunk.length;
      if (this.#waitingBytes <= MAX_WAITING_BYTES) this.#from.resume();
    }
    this.#moving = false;
    if (this.#ended && !this.#silent) this.#to.end();
  }

  async #deliver(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#silent || !this.#to.writable) return;
      const { sliced, bytesPerSecond } = this.toxics;
      const limited = Number.isFinite(bytesPerSecond);
      const most = limited ? Math.min(FRAME_BYTES, bytesPerSecond / 10) : chunk.length;
      const size = sliced ? 1 + Math.floor(Math.random() * MAX_SLICE_BYTES) : Math.ceil(most);
      const piece = chunk.subarray(at, at + size);
      at += piece.length;
      const gone = this.#to.write(piece);
      if (!gone) await drained(this.#to);
      if (limited) await pause((1_000 * piece.length) / bytesPerSecond);
      else if (sliced) await nextTurn();
    }
  }

  #end(): void {
    this.#ended = true;
    if (!this.#moving && !this.#silent) this.#to.end();
  }

  #close(): void {
    if (this.#silent) return;
    if (this.#ended) this.#end();
    else this.#to.destroy();
  }
}

/** Resolves when the socket takes more, or never will. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off("drain", done).off("close", done);
      resolve();
    };
    socket.on("drain", done).on("close", done);
  });
}
