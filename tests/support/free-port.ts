import { createServer } from "node:net";

/**
 * A TCP port of 127.0.0.1 that nobody uses at this moment, for programs that cannot take port 0. Another
 * process may take it before they do; the system hands out ports in turn, so that is rare.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("no TCP port was given"));
      });
    });
  });
}
