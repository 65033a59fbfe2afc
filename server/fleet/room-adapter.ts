import type { Namespace } from "socket.io";

/** What is used of Socket.IO's adapter for many servers; the base of it is not in its typings. */
interface ClusterAdapter {
  broadcast(packet: unknown, options: BroadcastOptions): Promise<void>;
  /** Encodes and writes before it returns. */
  publishAndReturnOffset(message: object): Promise<unknown>;
  /** Takes what came from another hub, and gives it to this one's sockets. */
  onMessage(message: ClusterMessage, offset?: string): void;
  readonly uid: string;
}

interface ClusterMessage {
  readonly uid: string;
  readonly nsp: string;
  readonly type: number;
  readonly data?: { readonly opts?: { readonly rooms?: readonly string[] } };
}

interface BroadcastOptions {
  readonly rooms: ReadonlySet<string>;
  readonly except: ReadonlySet<string>;
  readonly flags?: { readonly local?: boolean };
}

/** Makes the adapter of one namespace, as Socket.IO's `adapter` option wants it. */
export type AdapterFactory = (namespace: Namespace) => Namespace["adapter"];

/** `MessageType.BROADCAST` of socket.io-adapter. */
const BROADCAST = 3;

/**
 * An event of the adapter: another hub's broadcast to `rooms` (string[]) is about to go to this hub's sockets. Who
 * is not ready to be written to then misses it, which only this hub can know.
 */
export const FROM_SISTER = "broadcast-from-sister";

/**
 * Sends to other hubs and to this hub's own sockets in the same turn. The library waits for Redis before it emits
 * here, so every push would be late by a round trip, stand still while Redis does, and come after what was sent
 * later: a volatile push behind a reliable message is lost.
 */
export function publishBeside(factory: AdapterFactory): AdapterFactory {
  // Socket.IO calls it with `new`, which an arrow function cannot take.
  function madeFor(namespace: Namespace): Namespace["adapter"] {
    const made = factory(namespace);
    const adapter = made as unknown as ClusterAdapter; // as the interface above says
    const broadcast = adapter.broadcast.bind(adapter);
    adapter.broadcast = async (packet, options) => {
      const { rooms, except, flags } = options;
      if (flags?.local !== true) {
        const opts = { rooms: [...rooms], except: [...except], flags };
        // Before this hub's own sockets: sending takes the bytes out of the packet.
        const published = adapter.publishAndReturnOffset({ type: BROADCAST, data: { packet, opts } });
        // A hint that is lost with Redis is found again through the heads.
        published.catch(() => undefined);
      }
      await broadcast(packet, { ...options, flags: { ...flags, local: true } });
    };
    const onMessage = adapter.onMessage.bind(adapter);
    adapter.onMessage = (message, offset) => {
      const { uid, nsp, type, data } = message;
      const isSisters = type === BROADCAST && uid !== adapter.uid && nsp === namespace.name;
      if (isSisters) made.emit(FROM_SISTER, data?.opts?.rooms ?? []);
      onMessage(message, offset);
    };
    return made;
  }
  return madeFor;
}
