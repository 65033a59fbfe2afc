import { userTag } from "../../server/sessions/user-tag.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import type { TestHub } from "../support/hub.ts";

const SAMPLE_MS = 20;

/** Watches how much waits in a hub for one viewer, until it is stopped. @returns the most that was seen, bytes */
export function watchWaiting({ hub }: TestHub, userId: string, socketId: () => string): { stop(): number } {
  const tag = userTag(userId as UserId); // the hub itself made it
  let mostBytes = 0;
  const timer = setInterval(() => {
    const socket = hub.audience.members(tag).find(({ id }) => id === socketId());
    if (socket !== undefined) mostBytes = Math.max(mostBytes, waitingBytes(socket));
  }, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return mostBytes;
    },
  };
}

/** Packets that wait, and bytes that the WebSocket could not give to the system yet. Not in the typings. */
function waitingBytes({ conn }: { conn: unknown }): number {
  const { writeBuffer, transport } = conn as {
    writeBuffer: readonly { data?: string | Uint8Array }[];
    transport: { socket?: { bufferedAmount: number } };
  };
  const waiting = writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  return waiting + (transport.socket?.bufferedAmount ?? 0);
}
