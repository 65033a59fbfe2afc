import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Guessing } from "../../../server/edge/guessing.ts";
import { WRONG_EVERYWHERE, WRONG_PER_ADDRESS, WRONG_WINDOW_S } from "../../../server/edge/limits.ts";
import { RequestError } from "../../../shared/protocol/errors.ts";

/** A hub with one credential, that counts what is looked up. */
function hubWith(right: string) {
  const guessing = new Guessing("access", null);
  const hub = { lookups: 0, hits: 0, guess };
  async function guess(address: string, credential: string): Promise<string> {
    try {
      await guessing.attempt(address, credential, async () => {
        hub.lookups += 1;
        if (credential !== right) throw new RequestError("unknown_user_id");
        hub.hits += 1;
      });
      return "hit";
    } catch (error) {
      return (error as RequestError).code;
    }
  }
  return hub;
}

/** A hundred thousand take some seconds on a busy machine. */
const MANY = { timeout: 120_000 };

describe("guessing", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("100,000 guesses of one address hit nothing, and 20 of them are looked up", MANY, async () => {
    const hub = hubWith("right");
    const answers = await Promise.all(
      Array.from({ length: 100_000 }, (_, number) => hub.guess("203.0.113.9", `guess ${number}`)),
    );
    expect(hub).toMatchObject({ hits: 0, lookups: WRONG_PER_ADDRESS });
    expect(answers.filter((code) => code === "too_many_requests")).toHaveLength(100_000 - WRONG_PER_ADDRESS);
  });

  test("20,000 guesses of 1,000 addresses hit nothing, and a bounded number is looked up", MANY, async () => {
    const hub = hubWith("right");
    for (let number = 0; number < 20_000; number += 1)
      await hub.guess(`10.0.${(number >> 8) & 3}.${number & 255}`, `guess ${number}`);
    expect(hub.hits).toBe(0);
    expect(hub.lookups).toBeLessThanOrEqual(WRONG_EVERYWHERE + 1_024);
  });

  test("past the limit right and wrong are answered alike, and neither is looked up", async () => {
    const hub = hubWith("right");
    for (let number = 0; number < WRONG_PER_ADDRESS; number += 1) await hub.guess("a", `guess ${number}`);
    const { lookups } = hub;
    expect(await hub.guess("a", "right")).toBe("too_many_requests");
    expect(await hub.guess("a", "wrong")).toBe("too_many_requests");
    expect(hub.lookups).toBe(lookups);
  });

  test("the wait that is told is enough", async () => {
    const hub = hubWith("right");
    for (let number = 0; number < WRONG_PER_ADDRESS; number += 1) await hub.guess("a", `guess ${number}`);
    await vi.advanceTimersByTimeAsync(WRONG_WINDOW_S * 1_000 - 1_000);
    expect(await hub.guess("a", "right")).toBe("too_many_requests");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await hub.guess("a", "right")).toBe("hit");
  });

  test("an IPv6 household is one address, its neighbour is another", async () => {
    const hub = hubWith("right");
    for (let number = 0; number < 100; number += 1)
      await hub.guess(`2001:db8:1:2::${number.toString(16)}`, `guess ${number}`);
    expect(hub.lookups).toBe(WRONG_PER_ADDRESS);
    expect(await hub.guess("2001:db8:1:3::1", "right")).toBe("hit");
  });

  test("one wrong credential repeated for ever counts once: a forgotten script locks nobody out", async () => {
    const hub = hubWith("right");
    for (let number = 0; number < 1_000; number += 1) await hub.guess("a", "an old ID");
    expect(await hub.guess("a", "right")).toBe("hit");
  });

  test("a credential that was right at an address stays welcome there, whatever its neighbours guess", async () => {
    const hub = hubWith("right");
    expect(await hub.guess("a", "right")).toBe("hit");
    for (let number = 0; number < 100; number += 1) await hub.guess("a", `guess ${number}`);
    expect(await hub.guess("a", "wrong")).toBe("too_many_requests");
    expect(await hub.guess("a", "right")).toBe("hit");
  });

  test("while many addresses guess together, who is right at once is not held up", async () => {
    const hub = hubWith("right");
    for (let number = 0; number < WRONG_EVERYWHERE; number += 1)
      await hub.guess(`net ${number % 500}`, `guess ${number}`);
    expect(await hub.guess("newcomer", "right")).toBe("hit");
    expect(await hub.guess("guesser", "wrong")).toBe("unknown_user_id");
    expect(await hub.guess("guesser", "right")).toBe("too_many_requests");
  });

  test("a store that is away is nobody's wrong guess", async () => {
    const guessing = new Guessing("access", null);
    const fail = () => guessing.attempt("a", "right", () => Promise.reject(new Error("away")));
    for (let number = 0; number < 100; number += 1) await expect(fail()).rejects.toThrow("away");
    expect(await guessing.attempt("a", "right", async () => "found")).toBe("found");
  });
});
