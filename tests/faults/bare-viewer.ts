import { setTimeout as pause } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";

/** A viewer of the bare hub: it shows what comes, and trusts that it is everything. */
export class BareViewer {
  readonly numbers: number[] = [];
  recovered = 0;
  readonly #socket: Socket;

  constructor(url: string, joinDelayMs: () => number, reconnectMs: number) {
    this.#socket = io(url, {
      transports: ["websocket"],
      forceNew: true,
      reconnectionDelay: reconnectMs,
      reconnectionDelayMax: reconnectMs,
    });
    this.#socket.on("number", (number: number) => this.numbers.push(number));
    this.#socket.on("connect", () => void this.#join(joinDelayMs()));
  }

  /** Resolves when it is among the viewers. */
  async joined(): Promise<void> {
    while (!this.#socket.connected) await pause(10);
    await this.#socket.emitWithAck("join");
  }

  /** Of everything that was sent: how much never came, how much came more than once. */
  faults(sent: number): { missing: number; doubled: number } {
    const different = new Set(this.numbers);
    return { missing: sent - different.size, doubled: this.numbers.length - different.size };
  }

  close(): void {
    this.#socket.disconnect();
  }

  async #join(delayMs: number): Promise<void> {
    if (this.#socket.recovered) {
      this.recovered += 1;
      return;
    }
    await pause(delayMs);
    if (this.#socket.connected) this.#socket.emit("join", () => {});
  }
}
