import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startTestAgent } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { startRedis } from "../support/redis-server.ts";

/** Moments of the kill, in files that the viewer has seen. */
const KILL_AT = [3, 11, 12, 27];
const FILES = 40;

/** A file appears in the folder whole, as instruments that rename do it. */
async function instrumentWrites(folder: string, n: number): Promise<void> {
  await writeFile(join(folder, `swv_${n}.part`), simulatedFile(n));
  await rename(join(folder, `swv_${n}.part`), join(folder, `swv_${n}.txt`));
}

async function environmentOf(store: string): Promise<Record<string, string>> {
  if (store === "file") return {};
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  return { REDIS_URL: redis.url };
}

test.each(["file", "redis"])(
  "[I1] a hub killed with -9 mid-series and started again goes on, with the %s store: the log is complete",
  { timeout: 180_000 },
  async (store) => {
    const hub = await startHubProcess(await environmentOf(store));
    const { agent, folder } = await startTestAgent(hub.url);
    const user_id = agent.userId;
    let viewer = await startRawViewer(hub.url);
    await viewer.ask("join", { user_id });
    const { session } = await viewer.ask("start_analysis_session", {
      user_id,
      filters: { pattern: "swv_{n}.txt" },
      analysisParams: {},
    });
    const { session_id } = session;
    for (let n = 1; n <= FILES; n++) {
      await instrumentWrites(folder, n);
      if (!KILL_AT.includes(n)) continue;
      // Some of what was written is stored now, some is under way, some is not sent.
      await viewer.pushed(session_id, n - 2);
      await hub.kill9();
      await hub.start();
      viewer = await startRawViewer(hub.url);
      await viewer.ask("join", { user_id });
    }
    await viewer.pushed(session_id, FILES);
    const { names, entries, epoch } = await viewer.log(user_id, session_id);
    expect(names.toSorted()).toEqual(
      Array.from({ length: FILES }, (_, index) => `swv_${index + 1}.txt`).toSorted(),
    );
    expect(entries.map((entry) => entry.offset)).toEqual(names.map((_, offset) => offset));
    expect(entries.every((entry) => entry.revision === 1)).toBe(true);
    expect(epoch).toBe(session.epoch);
    const { sessions, agent: status } = await viewer.ask("join", { user_id });
    expect(sessions).toMatchObject([{ session_id, state: "running", head: FILES }]);
    expect(status.state).toBe("online");
  },
);
