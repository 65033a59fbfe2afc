import { createHash } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { PAGE_ROWS } from "../../server/sessions/log-pages.ts";
import { pageFromBytes } from "../../server/sessions/prepared-page.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub, type TestHubOptions } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const IN_FLIGHT = 8;

const content = (n: number) => simulatedFile(n % 50, { canary: String(n) });

/** A session into which an agent has sent so many files. */
async function longSession(files: number, options: TestHubOptions = {}) {
  const hub = await startHub(options);
  const agent = await startRawAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const start = { user_id, filters: { pattern: "swv_{n}.txt" }, analysisParams: {} };
  const { session_id } = (await viewer.ask("start_analysis_session", start)).session;
  const numbers = Array.from({ length: files }, (_, n) => n).values();
  const send = async () => {
    for (const n of numbers) {
      const ack = await agent.send(session_id, `swv_${n}.txt`, content(n));
      expect(ack).toMatchObject({ ok: true, value: { outcome: "stored" } });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, send));
  const [peer] = hub.hub.peers.all();
  const log = `${peer?.registration.tag}/${session_id}` as const;
  return { hub, agent, viewer, user_id, session_id, log };
}

describe("a log longer than a page", () => {
  test("[R1] was prepared while it grew, and reads as it was written, also after a restart of the hub", async () => {
    const files = 2 * PAGE_ROWS + 20;
    const { hub, viewer, user_id, session_id, log } = await longSession(files);
    const { epoch, names, entries, results } = await viewer.log(user_id, session_id);
    expect(names).toHaveLength(files);
    expect(new Set(names).size).toBe(files);
    expect(entries.map(({ offset }) => offset)).toEqual(names.map((_, offset) => offset));
    expect(results.map(({ offset }) => offset)).toEqual(names.flatMap((_, offset) => [offset, offset]));
    for (const number of [0, 1]) {
      const kept = await vi.waitUntil(() => hub.hub.store.readPrepared(log, { epoch, version: 1, number }));
      const page = pageFromBytes(kept);
      expect(page?.names).toEqual(names.slice(number * PAGE_ROWS, (number + 1) * PAGE_ROWS));
    }
    await hub.close();
    const again = await startHub({ dataDir: hub.dataDir });
    const late = await startRawViewer(again.url);
    await late.ask("join", { user_id });
    expect(await late.log(user_id, session_id)).toEqual({ epoch, names, entries, results, notes: [] });
  });

  test("[R3] tells a reader that stands beyond its end to begin anew", async () => {
    const { viewer, user_id, session_id } = await longSession(3);
    const { epoch } = await viewer.log(user_id, session_id);
    const at = (since: number) => viewer.request("read_log", { user_id, session_id, epoch, since });
    expect(await at(3)).toMatchObject({ ok: true, value: { names: [], head: 3 } });
    expect(await at(4)).toMatchObject({ ok: false, error: { code: "epoch_changed", details: { epoch } } });
  });
});

describe("a hub with little room for instrument files", () => {
  test("[I11] lets the oldest go, keeps every result, and says raw_gone for a curve of one that went", async () => {
    const files = 60;
    const env = { RAW_BUDGET_MB: "1" };
    const { agent, viewer, user_id, session_id } = await longSession(files, { env });
    const curve = (offset: number) =>
      viewer.request("get_voltammogram", { user_id, session_id, offset, electrode: 1 });
    const gone = { ok: false, error: { code: "raw_gone", retryable: false } };
    await vi.waitFor(async () => expect(await curve(0)).toMatchObject(gone));
    expect(await curve(files - 1)).toMatchObject({ ok: true });
    const { names, results } = await viewer.log(user_id, session_id);
    expect(names).toHaveLength(files);
    expect(results).toHaveLength(2 * files);
    // What went is not wanted again: its result is there.
    const [oldest = ""] = names;
    const bytes = content(Number(/\d+/.exec(oldest)?.[0]));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const offered = { name: oldest, size: bytes.length, mtime_ms: 0, sha256 };
    const answer = await agent.socket.emitWithAck("offer_files", { session_id, files: [offered] });
    expect(answer).toMatchObject({ ok: true, value: { wanted: [] } });
  });
});
