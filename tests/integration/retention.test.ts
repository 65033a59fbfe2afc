import { expect, test } from "vitest";
import { Retention } from "../../server/operations/retention.ts";
import { logKey } from "../../server/sessions/session-book.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const DAY_MS = 86_400_000;

test("a session goes with all that it has so many days after its last file, by one hub; what runs beside its agent stays", async () => {
  let now = Date.UTC(2026, 0, 1);
  const { hub, url } = await startHub({ env: { SESSION_TTL_DAYS: "10" }, now: () => now });
  const agent = await startRawAgent(url);
  const user_id = agent.userId;
  const tag = userTag(user_id as UserId);
  const viewer = await startRawViewer(url);
  await viewer.ask("join", { user_id });
  const start = async (label: string, pattern: string) => {
    const filters = { pattern };
    const started = await viewer.ask("start_analysis_session", {
      user_id,
      filters,
      analysisParams: {},
      label,
    });
    return started.session.session_id;
  };
  const stopped = await start("Stopped", "a_{n}.txt");
  const lasting = await start("Running", "b_{n}.txt");
  await agent.send(stopped, "a_1.txt", simulatedFile(1));
  await viewer.ask("stop_analysis_session", { user_id, session_id: stopped });
  await viewer.ask("create_share_link", { user_id, role: "view", label: "x", expires_in_s: 3_600 });
  const labels = async () => (await hub.book.list(tag)).map(({ label }) => label).sort();

  now += 9 * DAY_MS;
  await new Retention(hub).tick();
  expect(await labels()).toEqual(["Running", "Stopped"]);

  // Two hubs look in the same moment: one of them has the turn (or this hub's own clock was faster than both).
  now += 1.1 * DAY_MS;
  const turns = await Promise.all([new Retention(hub).tick(), new Retention(hub).tick()]);
  expect(turns.filter((swept) => swept !== null).length).toBeLessThanOrEqual(1);
  await expect.poll(labels).toEqual(["Running"]);
  expect(await hub.store.heads([logKey(tag, stopped)])).toEqual([null]);
  expect(await hub.store.readRaw(logKey(tag, stopped), 0)).toBeNull();
  await expect.poll(async () => await hub.shareLinks.book(tag)).toEqual([]);
  expect((await viewer.request("read_log", { user_id, session_id: stopped, since: 0 })).ok).toBe(false);

  // Its agent goes, and does not come back: then a running one is over, too.
  agent.socket.disconnect();
  await expect.poll(async () => (await hub.registry.status(tag))?.state).toBe("offline");
  now += DAY_MS;
  await new Retention(hub).tick();
  await expect.poll(labels).toEqual([]);
  expect(await hub.store.heads([logKey(tag, lasting)])).toEqual([null]);
});
