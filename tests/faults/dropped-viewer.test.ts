import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished, test } from "vitest";
import type { Random } from "../../agent/random.ts";
import { logKey } from "../../server/sessions/session-book.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { FollowingViewer } from "../support/following-viewer.ts";
import { startHub } from "../support/hub.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { startBareHub } from "./bare-hub.ts";
import { BareViewer } from "./bare-viewer.ts";
import { checkHistory } from "./checker.ts";
import { Rounds } from "./rounds.ts";
import { scenario, shortOrLong } from "./scenario.ts";
import { readStoredLog } from "./stored-log.ts";
import { StreamingAgent } from "./streaming-agent.ts";

const DROPS = shortOrLong(50, 500);
const RECONNECT_MS = 20;
const LONGEST_JOIN_MS = 200;
const LONGEST_PEACE_MS = 250;
/** Two drops of three wait until both viewers are back, or a busy machine would never see one connected. */
const WAITS = 2 / 3;
const LONGEST_WAIT_MS = 3_000;
const LOOK_MS = 10;
const FILE_EVERY_MS = 40;

test(
  "[R1] [R3] a viewer that is dropped at random moments and joins late never shows a gap",
  { timeout: 1_200_000 },
  () =>
    scenario("viewer dropped again and again, joins late", async (random) => {
      const joinDelayMs = () => random.uniform() * LONGEST_JOIN_MS;
      const hub = await startHub();
      const agent = await StreamingAgent.start(hub.url);
      const way = await openWay(hub.url);
      const viewer = new FollowingViewer(way.url, agent.userId, { joinDelayMs, reconnectMs: RECONNECT_MS });
      onTestFinished(() => viewer.close());
      const { session_id } = await viewer.startSession(agent.pattern);
      const plain = await startPlain(joinDelayMs);

      const streaming = agent.streamOn(session_id, () => {
        plain.hub.send();
        return random.uniform() * FILE_EVERY_MS;
      });
      const drops = new Rounds(DROPS);
      await dropAtRandom(drops, random, [way, plain.way], async () => {
        const [shown, numbers] = [viewer.shown.length, plain.viewer.numbers.length];
        const both = () => viewer.shown.length > shown && plain.viewer.numbers.length > numbers;
        for (let ms = 0; ms < LONGEST_WAIT_MS && !both(); ms += LOOK_MS) await pause(LOOK_MS);
      });
      await streaming.stop();

      const log = await readStoredLog(hub.hub.store, logKey(userTag(agent.userId as UserId), session_id)); // the hub made it
      await viewer.until("shows all", () => viewer.shown.length === log.rows.length);
      const { shown, faults, restarts } = viewer;
      const verdict = checkHistory({
        written: agent.written,
        acks: agent.acks,
        log,
        viewers: [{ viewer: "the viewer", shown, faults, restarts }],
      });
      return { ...verdict, rounds: `${drops} drops`, note: await plain.compare() };
    }),
);

async function dropAtRandom(
  drops: Rounds,
  random: Random,
  ways: readonly TcpProxy[],
  bothAreBack: () => Promise<void>,
): Promise<void> {
  for (const _ of drops) {
    if (random.uniform() < WAITS) await bothAreBack();
    await pause(random.uniform() * LONGEST_PEACE_MS);
    for (const way of ways) way.reset();
  }
}

/** Plain Socket.IO with its connection state recovery, under the same drops. */
async function startPlain(joinDelayMs: () => number) {
  const hub = await startBareHub();
  onTestFinished(() => hub.close());
  const way = await openWay(hub.url);
  const viewer = new BareViewer(way.url, joinDelayMs, RECONNECT_MS);
  onTestFinished(() => viewer.close());
  await viewer.joined();
  const compare = async () => {
    // What was sent before this is answered has come, or never will.
    await viewer.joined();
    const { missing, doubled } = viewer.faults(hub.sent);
    return (
      `plain Socket.IO with connectionStateRecovery in the same run: ${missing} of ${hub.sent} messages never came, ` +
      `${doubled} came twice, ${viewer.recovered} reconnects were recovered; Benchcast: none missing, none twice`
    );
  };
  return { hub, way, viewer, compare };
}

async function openWay(url: string): Promise<TcpProxy> {
  const way = await TcpProxy.start(url);
  onTestFinished(() => way.close());
  return way;
}
