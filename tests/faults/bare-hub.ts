import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";

/** A hub of thirty lines that trusts Socket.IO's own connection state recovery: what ours is compared with. */
export interface BareHub {
  readonly url: string;
  /** Sends the next number to all viewers. */
  send(): void;
  readonly sent: number;
  close(): Promise<void>;
}

export async function startBareHub(): Promise<BareHub> {
  const server = createServer();
  const io = new Server(server, {
    connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: true },
  });
  io.on("connection", (socket) => {
    socket.on("join", (joined: () => void) => {
      void socket.join("viewers");
      joined();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  let sent = 0;
  return {
    url: `http://127.0.0.1:${port}`,
    send: () => void io.to("viewers").emit("number", ++sent),
    get sent() {
      return sent;
    },
    close: () => io.close(),
  };
}
