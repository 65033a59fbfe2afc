import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startTestAgent } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { startSentinels } from "../support/redis-sentinel.ts";

const FILES = 60;
const FAILOVER_AT = 20;

test("[I1] a primary that dies is replaced by its replica, the hub goes on there, and every file is in the log once", {
  timeout: 180_000,
}, async () => {
  const { primary, replica, url } = await startSentinels();
  const hub = await startHub({ env: { REDIS_URL: url, HUB_ID: "test-hub" } });
  const { agent, folder } = await startTestAgent(hub.url);
  const user_id = agent.userId;
  const viewer = await startRawViewer(hub.url);
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  const { session_id } = session;
  for (let n = 1; n <= FILES; n++) {
    await writeFile(join(folder, `swv_${n}.part`), simulatedFile(n));
    await rename(join(folder, `swv_${n}.part`), join(folder, `swv_${n}.txt`));
    if (n === FAILOVER_AT) {
      await viewer.pushed(session_id, n - 2);
      await primary.kill9();
    }
  }
  const names = async () => (await viewer.log(user_id, session_id)).names.toSorted();
  const wanted = Array.from({ length: FILES }, (_, index) => `swv_${index + 1}.txt`).toSorted();
  await expect.poll(() => names().catch(String), { timeout: 90_000, interval: 200 }).toEqual(wanted);
  expect(await replica.cli("ROLE")).toContain("master");
  expect(await replica.cli("HEXISTS", "agent_user_mapping", user_id.replaceAll("-", ""))).toBe(1);
});

test("a name that no sentinel knows, or sentinels that do not answer, end the start with a word on it", {
  timeout: 60_000,
}, async () => {
  const { hosts } = await startSentinels();
  const start = (REDIS_URL: string) => startHub({ env: { REDIS_URL, HUB_ID: "test-hub" } });
  await expect(start(`redis+sentinel://:secret@${hosts}/other`)).rejects.toThrow(
    /^(?!.*secret).*\/other\/0: no sentinel names a primary/,
  );
  await expect(start("redis+sentinel://127.0.0.1:1/lab")).rejects.toThrow(/no sentinel names a primary/);
});
