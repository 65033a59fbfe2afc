import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished, test } from "vitest";
import { logKey } from "../../server/sessions/session-book.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { FollowingViewer } from "../support/following-viewer.ts";
import { startHub } from "../support/hub.ts";
import { WIDE_TRACES, wideScan } from "../support/wide-scan.ts";
import { checkHistory } from "./checker.ts";
import { startDeafViewer } from "./deaf-viewer.ts";
import { delaysMs, quantile } from "./delays.ts";
import { Returns } from "./returns.ts";
import { scenario, shortOrLong } from "./scenario.ts";
import { readStoredLog } from "./stored-log.ts";
import { StreamingAgent } from "./streaming-agent.ts";
import { mostSystemBuffersBytes } from "./system-buffers.ts";
import { startViewerProcess } from "./viewer-process.ts";
import { bytesSentTo, isConnected, watchWaiting } from "./waiting-bytes.ts";

/*
 * Two viewers stop reading while scans come at full rate. One is a process that stands still: the hub hears nothing
 * of it, lets it go after 13 s, and it has to come back by itself. The other goes on saying that it lives, so that the
 * hub keeps it: what it does not read fills all that the system keeps for a connection, and then it is the hub's turn.
 */

const FROZEN_MS = shortOrLong(15_000, 60_000);
/** Before anything is measured: the hub's threads start, and code gets warm. */
const WARM_FILES = 20;
const BEFORE_FILES = shortOrLong(40, 200);
const LOOK_MS = 100;
/** A busy machine takes longer to fill the system's buffers. */
const MOST_MS = 300_000;
/** One push with as many curves as it may have (512 KiB), its results, and heads. */
const MOST_QUEUED_BYTES = 640 * 1024;
/** For the others 19 of 20 files must come as fast as before the freeze, but for this much of chance. */
const MOST_DELAYS = 0.95;
const CHANCE = { times: 2, ms: 250 };
/** [I5] as after a half-open connection. */
const CAUGHT_UP_MS = 15_000;
const CONTENTS = Array.from({ length: 8 }, (_, number) => wideScan(number));

test(
  "[R8] [I11] viewers that stop reading cost the hub little, and the others nothing",
  { timeout: 900_000 },
  () =>
    scenario("viewer that does not read", async () => {
      const scene = await startScene();
      const { hub, agent, others, frozen, sessionId } = scene;
      const streaming = agent.streamOn(sessionId);
      await othersShow(scene, WARM_FILES);
      const warmMs = performance.now();
      await othersShow(scene, WARM_FILES + BEFORE_FILES);
      const frozenMs = performance.now();
      const freeze = await freezeBoth(scene);
      await streaming.stop();

      const log = await readStoredLog(hub.hub.store, logKey(userTag(agent.userId as UserId), sessionId)); // the hub made it
      const startedMs = performance.now();
      await frozen.shows(log.rows.length);
      const caughtUp = new Returns();
      caughtUp.add(performance.now() - startedMs);
      await othersShow(scene, log.rows.length);

      const seen = others.map(({ shown, faults, restarts }, index) => ({
        viewer: `viewer ${index + 1}`,
        shown,
        faults,
        restarts,
      }));
      const { written, acks } = agent;
      const verdict = checkHistory({ written, acks, log, viewers: [...seen, await frozen.seen()] });
      const others19of20 = {
        beforeMs: quantile(delaysMs(written, seen, warmMs, frozenMs), MOST_DELAYS),
        meanwhileMs: quantile(delaysMs(written, seen, frozenMs), MOST_DELAYS),
      };
      return {
        ...verdict,
        stalenessMs: delaysMs(written, seen, frozenMs).at(-1) ?? null,
        violations: [
          ...verdict.violations,
          ...freeze.violations,
          ...noticed(others19of20),
          ...caughtUp.brokenOver(CAUGHT_UP_MS),
        ],
        rounds: `2 for ${seconds(freeze.lastedMs)} s at full rate`,
        note: `${freeze.note}. The one that stood still showed everything ${seconds(caughtUp.slowestMs)} s after it went on. ${told(others19of20)}`,
      };
    }),
);

type Scene = Awaited<ReturnType<typeof startScene>>;

async function startScene() {
  const hub = await startHub();
  const agent = await StreamingAgent.start(hub.url, CONTENTS);
  const others = [1, 2].map(() => new FollowingViewer(hub.url, agent.userId));
  for (const viewer of others) onTestFinished(() => viewer.close());
  const [one, two] = others;
  if (one === undefined || two === undefined) throw new RangeError("two viewers");
  const { session_id: sessionId } = await one.startSession(agent.pattern);
  two.follow(sessionId);
  const frozen = await startViewerProcess(hub.url, agent.userId, sessionId);
  // Curves that one viewer watches come with the pushes to all of them.
  const deaf = await startDeafViewer(hub.url, agent.userId, { session_id: sessionId, traces: WIDE_TRACES });
  return { hub, agent, others: [one, two] as const, frozen, deaf, sessionId };
}

async function othersShow({ others }: Scene, files: number): Promise<void> {
  const shows = others.map((viewer) =>
    viewer.until(`shows ${files} files`, () => viewer.shown.length >= files, MOST_MS),
  );
  await Promise.all(shows);
}

/** Both stop reading for a while, and until more was meant for them than the system can have taken. */
async function freezeBoth({ hub, agent, others: [reader], frozen, deaf }: Scene) {
  const { userId } = agent;
  // What one is sent that reads everything was meant for all of them.
  const offered = () => bytesSentTo(hub, userId, reader.socket.id ?? "") - offeredBefore;
  const offeredBefore = bytesSentTo(hub, userId, reader.socket.id ?? "");
  const waiting = [frozen.socketId, () => deaf.socketId].map((id) => watchWaiting(hub, userId, id));
  const buffers = mostSystemBuffersBytes();
  const startMs = performance.now();
  frozen.process.kill("SIGSTOP");
  deaf.stopReading();
  await pause(FROZEN_MS);
  while (offered() <= buffers && performance.now() - startMs < MOST_MS) await pause(LOOK_MS);
  const bytes = offered();
  const [byFrozen = 0, byDeaf = 0] = waiting.map((watch) => watch.stop());
  const isKept = isConnected(hub, userId, deaf.socketId);
  frozen.process.kill("SIGCONT");
  const queued = Math.max(byFrozen, byDeaf);
  const violations = [
    ...(queued <= MOST_QUEUED_BYTES ? [] : [`[I11] ${queued} bytes waited in the hub for one viewer`]),
    ...(bytes > buffers ? [] : [`only ${bytes} bytes were sent: the system may have taken them all`]),
    ...(byDeaf > 0 ? [] : ["nothing ever waited in the hub: the system took it all"]),
    ...(isKept ? [] : ["the hub let a viewer go that went on saying that it lives"]),
  ];
  const note =
    `at most ${kib(queued)} KiB waited for one of them in the hub, while ${mib(bytes)} MiB were sent to each of those that ` +
    `read (the system's own buffers for a connection take up to ${mib(buffers)} MiB here)`;
  return { violations, note, lastedMs: performance.now() - startMs };
}

interface Delays {
  readonly beforeMs: number;
  readonly meanwhileMs: number;
}

function noticed({ beforeMs, meanwhileMs }: Delays): string[] {
  if (meanwhileMs <= CHANCE.times * beforeMs + CHANCE.ms) return [];
  return [`others got 19 of 20 files within ${meanwhileMs} ms, before the freeze within ${beforeMs} ms`];
}

function told({ beforeMs, meanwhileMs }: Delays): string {
  return `The others had 19 of 20 files within ${Math.round(meanwhileMs)} ms (before: ${Math.round(beforeMs)} ms)`;
}

const seconds = (ms: number) => (ms / 1_000).toFixed(1);
const kib = (bytes: number) => Math.ceil(bytes / 1024);
const mib = (bytes: number) => Math.ceil(bytes / 1024 ** 2);
