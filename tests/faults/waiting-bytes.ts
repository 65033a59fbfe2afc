import { userTag } from "../../server/sessions/user-tag.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import type { TestHub } from "../support/hub.ts";

const SAMPLE_MS = 20;

/** What is used of an Engine.IO connection over a WebSocket. Not in the typings. */
interface Wire {
  readonly writeBuffer: readonly { data?: string | Uint8Array }[];
  readonly transport: {
    readonly socket?: {
      readonly bufferedAmount: number;
      readonly _socket?: { readonly bytesWritten: number };
    };
  };
}

/** Watches how much waits in a hub for one viewer, until it is stopped. @returns the most that was seen, bytes */
export function watchWaiting(hub: TestHub, userId: string, socketId: () => string): { stop(): number } {
  let mostBytes = 0;
  const timer = setInterval(() => {
    const wire = wireOf(hub, userId, socketId());
    if (wire !== null) mostBytes = Math.max(mostBytes, waitingBytes(wire));
  }, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return mostBytes;
    },
  };
}

/** Bytes that a hub has given to the system for one viewer on its present connection. @throws RangeError without one */
export function bytesSentTo(hub: TestHub, userId: string, socketId: string): number {
  const sent = wireOf(hub, userId, socketId)?.transport.socket?._socket?.bytesWritten;
  if (sent === undefined) throw new RangeError("This viewer has no WebSocket to the hub.");
  return sent;
}

/** Whether a viewer that has joined is still connected, as the hub sees it. */
export function isConnected(hub: TestHub, userId: string, socketId: string): boolean {
  return wireOf(hub, userId, socketId) !== null;
}

function wireOf({ hub }: TestHub, userId: string, socketId: string): Wire | null {
  const tag = userTag(userId as UserId); // the hub itself made it
  const socket = hub.audience.members(tag).find(({ id }) => id === socketId);
  return socket === undefined ? null : (socket.conn as unknown as Wire);
}

/** Packets that wait, and bytes that the WebSocket could not give to the system yet. */
function waitingBytes({ writeBuffer, transport }: Wire): number {
  const waiting = writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  return waiting + (transport.socket?.bufferedAmount ?? 0);
}
