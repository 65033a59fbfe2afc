import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { ViewSeen } from "./history.ts";
import type { ViewerChildSays } from "./viewer-child.ts";

/** A viewer in a process of its own, which can stand still. */
export interface ViewerProcess {
  readonly process: ChildProcess;
  /** Of its present connection, as it last said. */
  socketId(): string;
  shows(count: number): Promise<void>;
  seen(): Promise<ViewSeen>;
}

/** Resolves when it follows the session. */
export async function startViewerProcess(
  url: string,
  userId: string,
  sessionId: string,
): Promise<ViewerProcess> {
  const script = fileURLToPath(new URL("viewer-child.ts", import.meta.url));
  const child = fork(script, [url, userId, sessionId], { execArgv: ["--import", "tsx"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let socketId = "";
  let count = 0;
  const watchers = new Set<() => void>();
  const seen = new Promise<ViewSeen>((resolve) => {
    child.on("message", (message: ViewerChildSays) => {
      if (message.kind === "all") resolve({ viewer: "the frozen viewer", ...message });
      else ({ count, socketId } = message);
      for (const check of watchers) check();
    });
  });
  const shows = (wanted: number) =>
    new Promise<void>((resolve) => {
      const check = () => void (count >= wanted && watchers.delete(check) && resolve());
      watchers.add(check);
      check();
    });
  await new Promise<void>((resolve) => child.once("message", () => resolve()));
  return {
    process: child,
    socketId: () => socketId,
    shows,
    seen: () => {
      child.send("all");
      return seen;
    },
  };
}
