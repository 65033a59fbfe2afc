import { describe, expect, onTestFinished, test } from "vitest";
import { Retention } from "../../server/operations/retention.ts";
import { logKey } from "../../server/sessions/session-book.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { sceneOf } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { startRedis } from "../support/redis-server.ts";
import { storedTraces } from "../support/stored-traces.ts";

const DAY_MS = 86_400_000;
/** What is not of any session: whose turn it was, how long a unit takes, which logs must not come back. */
const HOUSEKEEPING = /\b(turns retention|task-turns queue|task-rates \w+|deleted_logs|secrets|probe|lease)/;

async function startScene(kind: "file" | "redis") {
  let now = Date.UTC(2026, 0, 1);
  const redis = kind === "redis" ? await startRedis() : undefined;
  if (redis !== undefined) onTestFinished(() => redis.stop());
  const env = { SESSION_TTL_DAYS: "10", ...(redis === undefined ? {} : { REDIS_URL: redis.url }) };
  const { hub, url, dataDir } = await startHub({ env, now: () => now });
  const agent = await startRawAgent(url);
  const viewer = await startRawViewer(url);
  const user_id = agent.userId;
  const tag = userTag(user_id as UserId);
  await viewer.ask("join", { user_id });

  /** A session with all that one can have. */
  const fill = async (label: string, pattern: string) => {
    const filters = { pattern };
    const started = await viewer.ask("start_analysis_session", {
      user_id,
      filters,
      analysisParams: {},
      label,
    });
    const { session_id } = started.session;
    const scene = sceneOf(agent, viewer, session_id);
    for (const n of [1, 2, 3]) await scene.send(pattern.replace("{n}", String(n)), simulatedFile(n));
    await scene.reanalyse({ sg_points: 21 });
    const note_id = `note-of-${label.toLowerCase()}-0001`;
    const change = { do: "add", note_id, kind: "injection", at: { offset: 1 }, concentration: 1 } as const;
    await viewer.ask("annotate", { user_id, session_id, change });
    await viewer.ask("set_trend_params", { user_id, session_id, trend_params: { on_hz: 200 } });
    const page = { epoch: started.session.epoch, version: 2, number: 0 };
    await hub.store.keepPrepared(logKey(tag, session_id), page, new Uint8Array(1_000));
    await viewer.ask("stop_analysis_session", { user_id, session_id });
    return session_id;
  };
  const traces = async () => (await storedTraces(dataDir, redis)).filter((one) => !HOUSEKEEPING.test(one));
  const pass = (ms: number) => {
    now += ms;
  };
  return { hub, viewer, user_id, tag, fill, traces, pass };
}

describe.each(["file", "redis"] as const)("in the %s store", (kind) => {
  test("a session that is deleted leaves nothing of itself, and takes nothing of another", async () => {
    const { fill, traces: allTraces, viewer, user_id } = await startScene(kind);
    const kept = await fill("Kept", "a_{n}.txt");
    // Which session was begun last is said of the User ID, and it was the one that goes.
    const traces = async () => (await allTraces()).filter((one) => !one.includes("latest-session"));
    const before = await traces();
    const gone = await fill("Gone", "b_{n}.txt");
    const filled = await traces();
    expect(filled.length, "its traces can be seen").not.toBe(before.length);
    await viewer.ask("delete_session", { user_id, session_id: gone });
    // Files and pages are swept away in small steps.
    await expect.poll(traces, { timeout: 20_000 }).toEqual(before);
    expect((await viewer.log(user_id, kept)).names).toHaveLength(3);
    expect((await viewer.ask("read_notes", { user_id, session_id: kept })).notes).toHaveLength(1);
  });

  test("a session whose time is over leaves nothing of itself; nor do links that have expired", async () => {
    const { hub, fill, traces, pass, viewer, user_id } = await startScene(kind);
    const before = await traces();
    await fill("Old", "a_{n}.txt");
    await viewer.ask("create_share_link", { user_id, role: "view", label: "x", expires_in_s: 3_600 });
    pass(11 * DAY_MS);
    await new Retention(hub).tick();
    await expect.poll(traces, { timeout: 20_000 }).toEqual(before);
  });
});
