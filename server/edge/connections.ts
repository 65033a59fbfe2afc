import { addressKey } from "./client-address.ts";
import { ConnectionLife } from "./connection-life.ts";
import { PACKETS_RATE } from "./limits.ts";
import { TokenBucket } from "./token-bucket.ts";

/** One open connection: where it comes from, and when it last did something. */
export class Connection {
  readonly address: string;
  readonly life: ConnectionLife;
  /** Ends it without a word. */
  readonly cutOff: () => void;
  readonly #packets: TokenBucket;
  #activeAtMs: number;
  /** It has said who it is (or has tried): once a connection. */
  #greeted = false;
  /** How to end it with a word, and whether it may be idle; set once it is served. */
  #guest: { readonly mayRest: () => boolean; readonly dismiss: () => void } | null = null;

  constructor(address: string, nowMs: number, cutOff: () => void) {
    this.address = address;
    this.life = new ConnectionLife(nowMs);
    this.cutOff = cutOff;
    this.#packets = new TokenBucket(PACKETS_RATE, nowMs);
    this.#activeAtMs = nowMs;
  }

  /** @returns whether this is its first greeting; a connection that sends another is to be closed */
  greet(): boolean {
    const first = !this.#greeted;
    this.#greeted = true;
    return first;
  }

  /** @returns whether the packet is one too many */
  packet(nowMs: number): boolean {
    return this.#packets.take(nowMs) > 0;
  }

  active(nowMs: number): void {
    this.#activeAtMs = nowMs;
  }

  serve(guest: { readonly mayRest: () => boolean; readonly dismiss: () => void }): void {
    this.#guest = guest;
  }

  /** Ends the connection if it has done nothing since `sinceMs` and has no reason to be quiet. */
  endIfIdle(sinceMs: number): void {
    if (this.#activeAtMs > sinceMs || this.#guest?.mayRest() === true) return;
    if (this.#guest === null) {
      this.life.endsBecause("idle");
      this.cutOff();
    }
    this.#guest?.dismiss();
  }
}

/** All open connections of a hub, by the Engine.IO socket below each, and how many each address has. */
export class Connections {
  readonly #mostPerAddress: number;
  readonly #open = new Map<object, Connection>();
  readonly #perAddress = new Map<string, number>();

  constructor(mostPerAddress: number) {
    this.#mostPerAddress = mostPerAddress;
  }

  get size(): number {
    return this.#open.size;
  }

  of(wire: object): Connection | undefined {
    return this.#open.get(wire);
  }

  mayOpen(address: string): boolean {
    return (this.#perAddress.get(addressKey(address)) ?? 0) < this.#mostPerAddress;
  }

  opened(wire: object, address: string, nowMs: number, cutOff: () => void): Connection {
    const connection = new Connection(address, nowMs, cutOff);
    const key = addressKey(address);
    this.#open.set(wire, connection);
    this.#perAddress.set(key, (this.#perAddress.get(key) ?? 0) + 1);
    return connection;
  }

  closed(wire: object): void {
    const connection = this.#open.get(wire);
    if (connection === undefined) return;
    this.#open.delete(wire);
    const key = addressKey(connection.address);
    const left = (this.#perAddress.get(key) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(key);
    else this.#perAddress.set(key, left);
  }

  /** Ends all of them without a word. @returns how many there were */
  cutOff(): number {
    const open = [...this.#open.values()];
    for (const { life, cutOff } of open) {
      life.endsBecause("shutdown");
      cutOff();
    }
    return open.length;
  }

  endIdle(sinceMs: number): void {
    for (const connection of this.#open.values()) connection.endIfIdle(sinceMs);
  }
}
