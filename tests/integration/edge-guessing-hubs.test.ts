import { createHash } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { WRONG_PER_ADDRESS } from "../../server/edge/limits.ts";
import { userIdFromDigest } from "../../shared/protocol/user-id.ts";
import { startHubs } from "../support/hubs.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";

const ADMIN_TOKEN = "an-operators-token-of-some-length";

/** A User ID with a right check character that nobody has. */
function wrongId(number: number): string {
  return userIdFromDigest(createHash("sha256").update(`nobody ${number}`).digest());
}

async function startPair() {
  const many = await startHubs(2, { ADMIN_TOKEN });
  const [a, b] = many.hubs;
  if (a === undefined || b === undefined) throw new Error("There are two.");
  return { ...many, a, b };
}

async function guess(viewer: RawViewer, number: number): Promise<string> {
  const answer = await viewer.request("join", { user_id: wrongId(number) });
  return answer.ok ? "joined" : answer.error.code;
}

/** What the admin page's door says to wrong tokens. */
async function knock(url: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let number = 0; number < times; number += 1) {
    const authorization = `Bearer a-wrong-token-${number}`;
    statuses.push((await ask(url, "/api/admin/state", { headers: { authorization } })).status);
  }
  return statuses;
}

describe("guessing at many hubs", () => {
  test("gives an address no more guesses than at one", async () => {
    const { a, b, redis } = await startPair();
    const { userId } = await startRawAgent(a.url);
    const viewers = [await startRawViewer(a.url), await startRawViewer(b.url)] as const;
    const looks = [a, b].map(({ hub }) => vi.spyOn(hub.registry, "status"));
    const codes: string[] = [];
    for (let number = 0; number < 2 * WRONG_PER_ADDRESS; number += 1)
      codes.push(await guess(viewers[number % 2 === 0 ? 0 : 1], number));
    expect(codes.filter((code) => code === "unknown_user_id")).toHaveLength(WRONG_PER_ADDRESS);
    expect(codes.slice(WRONG_PER_ADDRESS)).toEqual(Array(WRONG_PER_ADDRESS).fill("too_many_requests"));
    expect(looks.reduce((sum, spy) => sum + spy.mock.calls.length, 0)).toBe(WRONG_PER_ADDRESS);
    // Right and wrong alike, at either.
    for (const { url } of [a, b])
      expect(await (await startRawViewer(url)).request("join", { user_id: userId })).toMatchObject({
        error: { code: "too_many_requests" },
      });
    const names = (await redis.cli("KEYS", "benchcast:count:*")) as string[];
    expect(names.length).toBeGreaterThan(WRONG_PER_ADDRESS);
    for (const name of names) expect(name).not.toMatch(/127\.0\.0\.1|::1/);
  });

  test("at once: each hub beyond the first may look up one more", async () => {
    const { a, b } = await startPair();
    const viewers = await Promise.all([a, b, a, b].map(({ url }) => startRawViewer(url)));
    const codes = await Promise.all(
      Array.from({ length: 100 }, (_, number) => guess(viewers[number % 4] as RawViewer, number)), // there are four
    );
    const looked = codes.filter((code) => code === "unknown_user_id").length;
    expect(looked).toBeGreaterThanOrEqual(WRONG_PER_ADDRESS);
    expect(looked).toBeLessThanOrEqual(WRONG_PER_ADDRESS + 1);
  });

  test("who has joined at one hub is welcome at the other, whatever its neighbours try", async () => {
    const { a, b } = await startPair();
    const { userId: user_id } = await startRawAgent(a.url);
    await (await startRawViewer(a.url)).ask("join", { user_id });
    const neighbour = await startRawViewer(b.url);
    for (let number = 0; number <= WRONG_PER_ADDRESS; number += 1) await guess(neighbour, number);
    expect(await guess(neighbour, 999)).toBe("too_many_requests");
    const back = await startRawViewer(b.url);
    expect(await back.request("join", { user_id })).toMatchObject({ ok: true });
  });

  test("each hub counts for itself while Redis is away, and while it takes no writes", async () => {
    const { a, b, redis } = await startPair();
    await redis.cli("CONFIG", "SET", "maxmemory", "1mb");
    expect((await knock(a.url, WRONG_PER_ADDRESS + 1)).at(-1)).toBe(429);
    await redis.kill9();
    const statuses = await knock(b.url, WRONG_PER_ADDRESS + 1);
    expect(statuses.slice(0, -1)).not.toContain(429);
    expect(statuses.at(-1)).toBe(429);
    // So that the hubs can say goodbye to it.
    await redis.restart();
  });
});
