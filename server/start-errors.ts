import type { Config } from "./config.ts";
import { StoreUnavailable } from "./store/port.ts";

/** Why a hub could not start, for the person at its terminal: what was found, then what to do. */
export function explainStart(error: unknown, config: Config | null): string {
  const found = error instanceof Error ? error.message : String(error);
  const said = config === null ? null : (explainListening(error, config) ?? explainStore(error));
  return `The hub could not start: ${said ?? found}`;
}

/** What keeps it from listening; null for another error. */
function explainListening(error: unknown, { HOST, PORT }: Config): string | null {
  if (!(error instanceof Error && "code" in error && "syscall" in error)) return null;
  if (error.syscall !== "listen" && error.syscall !== "getaddrinfo") return null;
  switch (error.code) {
    case "EADDRINUSE":
      return `another program, perhaps another hub, listens on port ${PORT} of ${HOST}. End it, or take another port: PORT=${other(PORT)}.`;
    case "EACCES":
      return `this user may not listen on port ${PORT}. Take a port from 1024 on, for example PORT=8080, with a reverse proxy in front if people are to use ${PORT}.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `HOST=${HOST} is no address of this computer. Use 127.0.0.1 for this computer alone, or 0.0.0.0 to let other machines in.`;
    default:
      return null;
  }
}

function other(port: number): number {
  return port < 65_535 ? port + 1 : port - 1;
}

function explainStore(error: unknown): string | null {
  if (!(error instanceof StoreUnavailable)) return null;
  const { message } = error;
  if (/WRONGPASS|NOAUTH|password/i.test(message))
    return `${message}. Check the user and password in REDIS_URL.`;
  return `${message}. Check that Redis runs there and that REDIS_URL names it, or leave REDIS_URL out to keep everything in a file in DATA_DIR.`;
}
