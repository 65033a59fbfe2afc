import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished, test } from "vitest";
import { logKey } from "../../server/sessions/session-book.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { FollowingViewer } from "../support/following-viewer.ts";
import { startHub } from "../support/hub.ts";
import { checkHistory } from "./checker.ts";
import type { ViewSeen } from "./history.ts";
import { scenario, shortOrLong } from "./scenario.ts";
import { readStoredLog } from "./stored-log.ts";
import { StreamingAgent } from "./streaming-agent.ts";
import type { ViewerChildSays } from "./viewer-child.ts";
import { watchWaiting } from "./waiting-bytes.ts";

const FROZEN_MS = shortOrLong(15_000, 60_000);
const BEFORE_MS = 3_000;
/** What may wait in the hub for one viewer: one push that is being written, and heads. Centrifugo closes at as much. */
const MOST_QUEUED_BYTES = 1024 * 1024;
/** Heads come once a second; the rest is for a machine that does other things too. */
const MOST_STALE_MS = 5_000;
/** Results large enough to fill what the system itself keeps for a connection (some MB) in this time. */
const ELECTRODES = 16;

test(
  "[R8] a viewer that stops reading costs the hub little, and the others nothing",
  { timeout: 400_000 },
  () =>
    scenario("viewer that does not read", async () => {
      const hub = await startHub();
      const agent = await StreamingAgent.start(hub.url, ELECTRODES);
      const others = [1, 2].map(() => new FollowingViewer(hub.url, agent.userId));
      for (const viewer of others) onTestFinished(() => viewer.close());
      const [one, two] = others;
      if (one === undefined || two === undefined) throw new RangeError("two viewers");
      const { session_id } = await one.startSession(agent.pattern);
      two.follow(session_id);
      const frozen = await startViewerProcess(hub.url, agent.userId, session_id);

      const streaming = agent.streamOn(session_id);
      await pause(BEFORE_MS);
      const waiting = watchWaiting(hub, agent.userId, frozen.socketId);
      const frozenAtMs = performance.now();
      frozen.process.kill("SIGSTOP");
      await pause(FROZEN_MS);
      frozen.process.kill("SIGCONT");
      const mostQueuedBytes = waiting.stop();
      await streaming.stop();

      const key = logKey(userTag(agent.userId as UserId), session_id); // the hub itself made it
      const log = await readStoredLog(hub.hub.store, key);
      const startedMs = performance.now();
      await frozen.shows(log.rows.length);
      const caughtUpMs = performance.now() - startedMs;
      for (const viewer of others)
        await viewer.until("shows all", () => viewer.shown.length === log.rows.length);

      const seen = others.map(({ shown, faults, restarts }, index) => ({
        viewer: `viewer ${index + 1}`,
        shown,
        faults,
        restarts,
      }));
      const history = { written: agent.written, acks: agent.acks, log };
      const verdict = checkHistory({ ...history, viewers: [...seen, await frozen.seen()] });
      const meanwhile = seen.map((view) => ({
        ...view,
        shown: view.shown.filter(({ atMs }) => atMs > frozenAtMs),
      }));
      const { stalenessMs } = checkHistory({ ...history, viewers: meanwhile });
      const before = seen.map((view) => ({
        ...view,
        shown: view.shown.filter(({ atMs }) => atMs <= frozenAtMs),
      }));
      const beforeMs = checkHistory({ ...history, viewers: before }).stalenessMs;
      const violations = [
        ...verdict.violations,
        ...(mostQueuedBytes <= MOST_QUEUED_BYTES
          ? []
          : [`[I11] ${mostQueuedBytes} bytes waited in the hub for one viewer`]),
        ...(stalenessMs <= MOST_STALE_MS
          ? []
          : [`another viewer was ${Math.round(stalenessMs)} ms behind meanwhile`]),
      ];
      const note =
        `at most ${Math.ceil(mostQueuedBytes / 1024)} KiB waited for it in the hub; it showed everything ` +
        `${(caughtUpMs / 1_000).toFixed(1)} s after it went on. The others were at most ${Math.round(stalenessMs)} ms behind ` +
        `(before: ${Math.round(beforeMs)} ms)`;
      return {
        ...verdict,
        stalenessMs,
        violations,
        rounds: `1 of ${FROZEN_MS / 1_000} s at full rate`,
        note,
      };
    }),
);

interface ViewerProcess {
  readonly process: ChildProcess;
  /** Of its present connection, as it last said. */
  socketId(): string;
  shows(count: number): Promise<void>;
  seen(): Promise<ViewSeen>;
}

async function startViewerProcess(url: string, userId: string, sessionId: string): Promise<ViewerProcess> {
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
