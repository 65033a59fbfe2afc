import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";

/** What deploy/README.md says to wait for. */
async function rewritten(redis: RedisServer): Promise<void> {
  await redis.cli("BGREWRITEAOF");
  await expect
    .poll(async () => String(await redis.cli("INFO", "persistence")), { timeout: 20_000 })
    .toMatch(/aof_rewrite_in_progress:0\r?\naof_rewrite_scheduled:0/);
}

test("the recipe for Redis: what its backup had opens complete, under another epoch, and agents send what came later", async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const [backup, dataDir] = [await temporaryFolder(), await temporaryFolder()];
  const env = { REDIS_URL: redis.url, LOG_LEVEL: "silent" };
  const first = await startHub({ dataDir, env });
  const key = newAgentKey();
  const agent = await startRawAgent(first.url, { key });
  const { userId: user_id } = agent;
  const viewer = await startRawViewer(first.url);
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const wish = { user_id, filters, analysisParams: {}, label: "Kept name" };
  const { session } = await viewer.ask("start_analysis_session", wish);
  const { session_id } = session;
  for (const n of [1, 2, 3]) await agent.send(session_id, `swv_${n}.txt`, simulatedFile(n));
  const change = { do: "add", note_id: "an-injection-0001", kind: "injection", at: { offset: 1 } } as const;
  await viewer.ask("annotate", { user_id, session_id, change });
  const { token } = await viewer.ask("create_share_link", {
    ...{ user_id, role: "view", label: "x", expires_in_s: null },
  });

  await rewritten(redis);
  await cp(join(redis.directory, "appendonlydir"), join(backup, "appendonlydir"), { recursive: true });
  for (const n of [4, 5]) await agent.send(session_id, `swv_${n}.txt`, simulatedFile(n));
  const before = await viewer.log(user_id, session_id);
  expect(before.names).toHaveLength(5);
  agent.socket.disconnect();
  await first.close();

  await redis.kill9();
  await rm(join(redis.directory, "appendonlydir"), { recursive: true });
  await cp(join(backup, "appendonlydir"), join(redis.directory, "appendonlydir"), { recursive: true });
  await redis.restart();
  await redis.cli("DEL", "benchcast:store_id");

  const second = await startHub({ dataDir, env });
  const reader = await startRawViewer(second.url);
  const joined = await reader.ask("join", { user_id });
  expect(joined.sessions).toMatchObject([{ session_id, label: "Kept name", head: 3 }]);
  const { notes } = await reader.ask("read_notes", { user_id, session_id });
  expect(notes).toMatchObject([{ note_id: change.note_id, at: { offset: 1, name: "swv_2.txt" } }]);
  const guest = await startRawViewer(second.url);
  await guest.ask("join", { share_token: token });

  // The agent comes back; its later files come in another order now, to places that were others' before.
  const carried = {
    session_id,
    descriptor: agent.filters[0]?.descriptor ?? "",
    epoch: before.epoch,
    head: 5,
  };
  const again = await startRawAgent(second.url, { key, sessions: [carried] });
  await expect.poll(() => again.filters.length, { timeout: 20_000 }).toBeGreaterThan(0);
  for (const n of [5, 4]) {
    const stored = await again.send(session_id, `swv_${n}.txt`, simulatedFile(n));
    expect(stored).toMatchObject({ ok: true, value: { outcome: "stored" } });
  }
  const after = await reader.log(user_id, session_id);
  expect(after.names).toEqual(["swv_1.txt", "swv_2.txt", "swv_3.txt", "swv_5.txt", "swv_4.txt"]);
  expect(after.epoch).not.toBe(before.epoch);
  expect(after.results.slice(0, 3)).toEqual(before.results.slice(0, 3));
  for (const [offset, n] of [1, 2, 3, 5, 4].entries()) {
    const { name, content } = await reader.ask("read_raw", { user_id, session_id, offset });
    expect(name).toBe(`swv_${n}.txt`);
    expect(Buffer.compare(Buffer.from(content as Uint8Array), Buffer.from(simulatedFile(n))), name).toBe(0);
  }
});
