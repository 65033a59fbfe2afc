import type { Server, Socket } from "socket.io";
import type { AgentToHub, HubToAgent, HubToViewer, ViewerToHub } from "../../shared/protocol/event-maps.ts";
import { FROM_SISTER } from "../fleet/room-adapter.ts";
import type { ViewerFlow } from "../metrics/viewer-flow.ts";
import type { UserTag } from "../sessions/user-tag.ts";

type HubEvents = HubToAgent & HubToViewer;
export type HubServer = Server<AgentToHub & ViewerToHub, HubEvents>;
export type HubSocket = Socket<AgentToHub & ViewerToHub, HubEvents>;

/**
 * Packets that may wait for one viewer before reliable messages to it are held back: a viewer that does not read
 * costs a bounded amount of memory, and notices what it missed from the next state it gets.
 */
const MAX_WAITING_PACKETS = 8;

/**
 * The one place that emits to viewers. It takes the (hashed) User ID whose viewers are meant and refuses an empty
 * one: Socket.IO's `io.to([])` reaches everybody.
 */
export class Audience {
  readonly #io: HubServer;
  readonly #counts: Pick<ViewerFlow, "pushed" | "headTold">;

  constructor(io: HubServer, counts: Pick<ViewerFlow, "pushed" | "headTold">) {
    this.#io = io;
    this.#counts = counts;
    io.of("/").adapter.on(FROM_SISTER, (rooms: readonly string[]) => {
      for (const name of rooms) if (name.startsWith(ROOMS)) this.#count(name.slice(ROOMS.length) as UserTag); // made by room()
    });
  }

  async admit(socket: HubSocket, tag: UserTag): Promise<void> {
    await socket.join(room(tag));
  }

  async dismiss(socket: HubSocket, tag: UserTag): Promise<void> {
    await socket.leave(room(tag));
  }

  /** Whose viewer a socket is; undefined for one that has joined nothing, and for agents. */
  tagOf(socket: HubSocket): UserTag | undefined {
    for (const name of socket.rooms) if (name.startsWith(ROOMS)) return name.slice(ROOMS.length) as UserTag; // made by room()
    return undefined;
  }

  /** Sockets of this hub that have joined. */
  members(tag: UserTag): HubSocket[] {
    const ids = this.#io.of("/").adapter.rooms.get(room(tag)) ?? new Set<string>();
    return [...ids].flatMap((id) => this.#io.of("/").sockets.get(id) ?? []);
  }

  size(tag: UserTag): number {
    return this.#io.of("/").adapter.rooms.get(room(tag))?.size ?? 0;
  }

  /** Every socket of this hub, whoever it is. */
  everybody(): HubSocket[] {
    return [...this.#io.of("/").sockets.values()];
  }

  /** Sockets of this hub that have joined any agent. */
  viewers(): number {
    let count = 0;
    for (const [name, members] of this.#io.of("/").adapter.rooms)
      if (name.startsWith(ROOMS)) count += members.size;
    return count;
  }

  /**
   * A hint to all viewers of one User ID: dropped for whoever is not ready to be written to.
   *
   * @returns those of this hub whom it is written to
   */
  hint<Name extends keyof HubToViewer>(
    tag: UserTag,
    event: Name,
    ...message: Parameters<HubToViewer[Name]>
  ): readonly HubSocket[] {
    const ready = this.#count(tag);
    // HubToViewer's parameters are those of HubEvents for the same name; the intersection hides that.
    this.#io.volatile.to(room(tag)).emit(event, ...(message as never));
    return ready;
  }

  /** What the volatile emit that follows does here, whichever hub it is of: it skips exactly those whose transport is not writable now. */
  #count(tag: UserTag): readonly HubSocket[] {
    const members = this.members(tag);
    const ready = members.filter(({ conn }) => conn.transport.writable);
    this.#counts.pushed(ready.length, members.length - ready.length);
    return ready;
  }

  /** A message to one viewer, unless too much waits for it already. @returns whether it was sent */
  tell<Name extends keyof HubToViewer>(
    socket: HubSocket,
    event: Name,
    ...message: Parameters<HubToViewer[Name]>
  ): boolean {
    const { writeBuffer } = socket.conn as unknown as { writeBuffer: readonly unknown[] }; // not in the typings
    const mayWait = writeBuffer.length < MAX_WAITING_PACKETS;
    this.#counts.headTold(mayWait);
    if (!mayWait) return false;
    socket.emit(event, ...(message as never));
    return true;
  }
}

const ROOMS = "viewers:";

/** The prefix keeps rooms apart from socket ids, and their names from having exactly 20 characters. */
function room(tag: UserTag): string {
  if (!/^[\w-]{22}$/.test(tag)) throw new Error("Refusing to emit without a User ID.");
  return ROOMS + tag;
}
