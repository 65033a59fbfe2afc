import type { Bye } from "../../shared/protocol/agent-events.ts";
import type { HubSocket } from "./audience.ts";
import type { Hub } from "./hub.ts";

/** The hub's last word; the connection closes once it is sent. */
export function sayGoodbye({ edge }: Pick<Hub, "edge">, socket: HubSocket, bye: Bye): void {
  edge.connections.of(socket.conn)?.life.endsBecause(bye.code);
  socket.emit("bye", bye);
  socket.disconnect(true);
}
