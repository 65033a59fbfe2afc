import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished, test } from "vitest";
import { VIEWER_IN_FLIGHT } from "../../server/edge/limits.ts";
import { FollowingViewer } from "../support/following-viewer.ts";
import { startHub } from "../support/hub.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { checkHistory } from "./checker.ts";
import { scenario, shortOrLong } from "./scenario.ts";
import { readStoredLog } from "./stored-log.ts";
import { StreamingAgent } from "./streaming-agent.ts";
import { watchWaiting } from "./waiting-bytes.ts";

const ENTRIES = 1_000;
const ASKED = shortOrLong(400, 2_000);
const ASKED_AT_ONCE = 50;
const PAUSE_MS = 100;
/** A page of 1,000 entries with two results each: 1,000 × (80 + 2 × 144 + 30) B. */
const PAGE_BYTES = 400_000;
/** As many answers as one viewer may have waiting, and about as many again that were just being written. */
const MOST_WAITING_BYTES = 2 * VIEWER_IN_FLIGHT * PAGE_BYTES;

test("[R8] [I11] a viewer that asks for page after page and reads none", { timeout: 300_000 }, () =>
  scenario("viewer that asks and does not read", async () => {
    const hub = await startHub();
    const agent = await StreamingAgent.start(hub.url);
    const way = await TcpProxy.start(hub.url);
    onTestFinished(() => way.close());
    const [other, greedy] = [hub.url, way.url].map((url) => new FollowingViewer(url, agent.userId));
    if (other === undefined || greedy === undefined) throw new RangeError("two viewers");
    for (const viewer of [other, greedy]) onTestFinished(() => viewer.close());
    const { session_id } = await other.startSession(agent.pattern);
    greedy.follow(session_id);
    const streaming = agent.streamOn(session_id);
    await greedy.until("a long log", () => greedy.shown.length >= ENTRIES);

    const waiting = watchWaiting(hub, agent.userId, () => greedy.socket.id ?? "");
    way.poison({ bytesPerSecond: 1 }, ["down"]);
    for (let asked = 0; asked < ASKED; asked += ASKED_AT_ONCE) {
      const page = { user_id: agent.userId, session_id, since: 0, limit: ENTRIES };
      for (let n = 0; n < ASKED_AT_ONCE; n++) greedy.socket.emit("read_log", page, () => {});
      await pause(PAUSE_MS);
    }
    await streaming.stop();
    const mostBytes = waiting.stop();
    way.heal();
    way.reset();

    const log = await readStoredLog(
      hub.hub.store,
      `${hub.hub.peers.all()[0]?.registration.tag}/${session_id}`,
    );
    const viewers = [other, greedy];
    for (const viewer of viewers)
      await viewer.until("shows all", () => viewer.shown.length === log.rows.length);
    const seen = viewers.map(({ shown, faults, restarts }, n) => ({
      viewer: `viewer ${n + 1}`,
      shown,
      faults,
      restarts,
    }));
    const { written, acks } = agent;
    const verdict = checkHistory({ written, acks, log, viewers: seen });
    const { stalenessMs } = checkHistory({ written, acks, log, viewers: seen.slice(0, 1) });
    const violations = [
      ...verdict.violations,
      ...(mostBytes <= MOST_WAITING_BYTES
        ? []
        : [`[I11] ${mostBytes} bytes waited in the hub for one viewer`]),
    ];
    const note = `at most ${Math.ceil(mostBytes / 1024 ** 2)} MiB of answers waited for it in the hub`;
    return {
      ...verdict,
      stalenessMs,
      violations,
      rounds: `${ASKED} pages of ${ENTRIES.toLocaleString("en-US")}`,
      note,
    };
  }),
);
