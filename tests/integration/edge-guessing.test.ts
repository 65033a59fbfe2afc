import { createHash } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { WRONG_PER_ADDRESS } from "../../server/edge/limits.ts";
import type { Store } from "../../server/store/port.ts";
import { DEFAULT_SWV_PARAMS } from "../../shared/electrochem/swv.ts";
import { userIdFromDigest } from "../../shared/protocol/user-id.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";

/** A User ID with a right check character that nobody has. */
function wrongId(number: number): string {
  return userIdFromDigest(createHash("sha256").update(`nobody ${number}`).digest());
}

const READS = ["getRecord", "listRecords", "heads", "readLog", "latestOf", "readRaw"] as const;

/** What the hub itself looks through, once a second or once an hour, whoever asks it something meanwhile. */
const HOUSEKEEPING: readonly unknown[] = [
  "turns",
  "tasks",
  "task-turns",
  "task-progress",
  "task-rates",
  "ended-tasks",
  "catch-ups",
];

/** What is read from the store while a step runs, by method. */
async function readsOf(store: Store, step: () => Promise<unknown>): Promise<string[]> {
  const spies = READS.map((name) => ({ name, spy: vi.spyOn(store, name) }));
  await step();
  const reads = spies.flatMap(({ name, spy }) =>
    spy.mock.calls.filter(([collection]) => !HOUSEKEEPING.includes(collection)).map(() => name),
  );
  for (const { spy } of spies) spy.mockRestore();
  return reads;
}

async function guessUntilThrottled(viewer: RawViewer): Promise<void> {
  for (let number = 0; number < WRONG_PER_ADDRESS; number += 1)
    expect(await viewer.request("join", { user_id: wrongId(number) })).toMatchObject({
      error: { code: "unknown_user_id" },
    });
}

describe("guessing a User ID", () => {
  test("20 wrong ones stop an address, for sockets and HTTP alike; right and wrong are told alike", async () => {
    const hub = await startHub();
    const { userId } = await startRawAgent(hub.url);
    await guessUntilThrottled(await startRawViewer(hub.url));

    const fresh = await startRawViewer(hub.url);
    const answers = [
      await fresh.request("join", { user_id: userId }),
      await fresh.request("join", { user_id: wrongId(999) }),
      await fresh.request("join", { share_token: "x".repeat(24) }),
    ];
    for (const answer of answers)
      expect(answer).toMatchObject({
        ok: false,
        error: {
          code: "too_many_requests",
          retryable: true,
          details: { retry_after_ms: expect.any(Number) },
        },
      });
    const bearer = (id: string) =>
      ask(hub.url, "/api/sessions", { headers: { authorization: `Bearer ${id}` } });
    for (const reply of [await bearer(userId), await bearer(wrongId(998))]) {
      expect(reply.status).toBe(429);
      expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
      expect(reply.json()).toMatchObject({ error: { code: "too_many_requests" } });
    }
  });

  test("who has joined from there before joins again, and stays joined", async () => {
    const hub = await startHub();
    const { userId: user_id } = await startRawAgent(hub.url);
    const colleague = await startRawViewer(hub.url);
    await colleague.ask("join", { user_id });
    await guessUntilThrottled(await startRawViewer(hub.url));
    expect(await colleague.request("list_sessions", { user_id })).toMatchObject({ ok: true });
    expect(await (await startRawViewer(hub.url)).request("join", { user_id })).toMatchObject({ ok: true });
  });

  test("other addresses notice nothing", async () => {
    const hub = await startHub({ env: { TRUST_PROXY: "127.0.0.1" } });
    const { userId } = await startRawAgent(hub.url);
    const from = (address: string, id: string) =>
      ask(hub.url, "/api/sessions", {
        headers: { authorization: `Bearer ${id}`, "x-forwarded-for": address },
      });
    for (let number = 0; number < 2 * WRONG_PER_ADDRESS; number += 1)
      await from("203.0.113.1", wrongId(number));
    expect((await from("203.0.113.1", userId)).status).toBe(429);
    expect((await from("203.0.113.2", userId)).status).toBe(200);
    expect((await from("2001:db8::1", wrongId(1))).status).toBe(404);
  });

  test("thousands of guesses at once are looked up 20 times", async () => {
    const hub = await startHub();
    const viewers = await Promise.all(Array.from({ length: 40 }, () => startRawViewer(hub.url)));
    const reads = await readsOf(hub.hub.store, () =>
      Promise.all(
        viewers.flatMap((viewer, of) =>
          Array.from({ length: 50 }, (_, number) =>
            viewer.request("join", { user_id: wrongId(of * 50 + number) }),
          ),
        ),
      ),
    );
    expect(reads).toHaveLength(WRONG_PER_ADDRESS);
  });

  test("a typing error, caught by the check character, is not a guess and reaches no store", async () => {
    const hub = await startHub();
    const viewer = await startRawViewer(hub.url);
    const typo = `${wrongId(1).slice(0, 15)}${wrongId(1).endsWith("0") ? "1" : "0"}`;
    const reads = await readsOf(hub.hub.store, async () => {
      for (let times = 0; times < 3 * WRONG_PER_ADDRESS; times += 1)
        expect(await viewer.request("join", { user_id: typo })).toMatchObject({
          error: { code: "invalid_user_id" },
        });
    });
    expect(reads).toEqual([]);
    expect(await viewer.request("join", { user_id: wrongId(2) })).toMatchObject({
      error: { code: "unknown_user_id" },
    });
  });
});

describe("what is not there and what is not yours", () => {
  test("an unknown ID costs the hub the same, whatever it is", async () => {
    const hub = await startHub();
    await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    const first = await readsOf(hub.hub.store, () => viewer.request("join", { user_id: wrongId(1) }));
    const second = await readsOf(hub.hub.store, () => viewer.request("join", { user_id: wrongId(2) }));
    expect(first).toEqual(["getRecord"]);
    expect(second).toEqual(first);
  });

  test("a session of somebody else and one that never was: one answer, the same reads", async () => {
    const hub = await startHub();
    const [mine, theirs] = [await startRawAgent(hub.url), await startRawAgent(hub.url)];
    const owner = await startRawViewer(hub.url);
    await owner.ask("join", { user_id: theirs.userId });
    const { session } = await owner.ask("start_analysis_session", {
      user_id: theirs.userId,
      filters: { pattern: "swv_{n}.txt" },
      analysisParams: DEFAULT_SWV_PARAMS,
    });
    const stranger = await startRawViewer(hub.url);
    // What is read once a second for those who watch is not what their requests read.
    hub.hub.heads.tick = async () => undefined;
    const user_id = mine.userId;
    await stranger.ask("join", { user_id });
    const never = "abcdefghijklmnopqrstu";
    const look = (session_id: string) => [
      () => stranger.request("read_log", { user_id, session_id, since: 0 }),
      () => stranger.request("get_voltammogram", { user_id, session_id, offset: 0 }),
      () => stranger.request("watch_traces", { user_id, session_id, traces: [] }),
      () => stranger.request("request_export_data", { user_id, session_id }),
    ];
    const foreign = look(session.session_id);
    for (const [index, absent] of look(never).entries()) {
      const answers: unknown[] = [];
      const note = (step: (() => Promise<unknown>) | undefined) => async () => answers.push(await step?.());
      const reads = await readsOf(hub.hub.store, note(foreign[index]));
      expect(await readsOf(hub.hub.store, note(absent))).toEqual(reads);
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]).toMatchObject({ error: { code: "session_not_found" } });
    }
  });
});
