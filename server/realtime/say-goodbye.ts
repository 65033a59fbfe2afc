import type { Bye } from "../../shared/protocol/agent-events.ts";
import type { HubSocket } from "./audience.ts";

/** The hub's last word; the connection closes once it is sent. */
export function sayGoodbye(socket: HubSocket, bye: Bye): void {
  socket.emit("bye", bye);
  socket.disconnect(true);
}
