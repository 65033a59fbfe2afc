import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { CLEAN, type Toxics, Wire } from "./tcp-wire.ts";

/** `up` is towards the server, `down` towards the client. */
export type Direction = "up" | "down";
export type Toxic = Partial<Toxics>;

/** Sees every chunk before it travels on. False: the chunk is lost and the connection with it. */
export type Tap = (link: number, direction: Direction, chunk: Buffer) => boolean;

const BOTH: readonly Direction[] = ["up", "down"];

interface Link {
  readonly sockets: readonly [client: Socket, server: Socket];
  readonly wires: Readonly<Record<Direction, Wire>>;
}

/** The way between a client and a server, on which anything can go wrong. */
export class TcpProxy {
  readonly #listener: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #tap: Tap;
  readonly #links = new Set<Link>();
  readonly #toxics: Record<Direction, Toxics> = { up: CLEAN, down: CLEAN };
  readonly #silent = new Set<Direction>();
  #refuses = false;
  #opened = 0;

  /** @param target address of the server, `http://127.0.0.1:8080` */
  static async start(target: string, tap: Tap = () => true): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, tap);
    proxy.#listener.listen(0, "127.0.0.1");
    await once(proxy.#listener, "listening");
    return proxy;
  }

  private constructor(target: string, tap: Tap) {
    const { hostname, port } = new URL(target);
    this.#target = { host: hostname, port: Number(port) };
    this.#tap = tap;
    this.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  get url(): string {
    const { port } = this.#listener.address() as AddressInfo; // it listens on TCP since `start`
    return `http://127.0.0.1:${port}`;
  }

  /** Connections that have been opened so far. */
  get opened(): number {
    return this.#opened;
  }

  /** What happens to bytes from now on. */
  poison(toxic: Toxic, directions = BOTH): void {
    for (const direction of directions) {
      this.#toxics[direction] = { ...this.#toxics[direction], ...toxic };
      for (const { wires } of this.#links) wires[direction].toxics = this.#toxics[direction];
    }
  }

  /**
   * A black hole: what is connected now carries nothing more in these directions, for ever, and neither end hears
   * of the other's leaving. New connections are such until `heal`.
   */
  silence(directions = BOTH): void {
    for (const direction of directions) {
      this.#silent.add(direction);
      for (const { wires } of this.#links) wires[direction].silence();
    }
  }

  /** The cable is out: all connections end with a reset, new ones are refused until `heal`. */
  cut(): void {
    this.#refuses = true;
    this.reset();
  }

  /** All connections end with a reset; new ones are welcome. */
  reset(): void {
    for (const link of [...this.#links]) this.#drop(link);
  }

  /** A clean way again for new connections; those that were silenced stay dead. */
  heal(): void {
    this.#refuses = false;
    this.#silent.clear();
    this.poison(CLEAN);
  }

  async close(): Promise<void> {
    const closed = once(this.#listener, "close");
    this.#listener.close();
    this.cut();
    await closed;
  }

  #accept(client: Socket): void {
    if (this.#refuses) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const id = ++this.#opened;
    const link: Link = {
      sockets: [client, server],
      wires: {
        up: this.#wire(client, server, "up", id, () => this.#drop(link)),
        down: this.#wire(server, client, "down", id, () => this.#drop(link)),
      },
    };
    this.#links.add(link);
    for (const socket of link.sockets) socket.once("close", () => this.#forget(link));
  }

  #wire(from: Socket, to: Socket, direction: Direction, id: number, drop: () => void): Wire {
    const passes = (chunk: Buffer) => {
      const goesOn = this.#tap(id, direction, chunk);
      if (!goesOn) drop();
      return goesOn;
    };
    const wire = new Wire(from, to, this.#toxics[direction], passes);
    if (this.#silent.has(direction)) wire.silence();
    return wire;
  }

  #drop(link: Link): void {
    this.#links.delete(link);
    for (const wire of Object.values(link.wires)) wire.silence();
    for (const socket of link.sockets) socket.resetAndDestroy();
  }

  #forget(link: Link): void {
    if (link.sockets.every((socket) => socket.destroyed)) this.#links.delete(link);
  }
}
