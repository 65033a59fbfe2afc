import { describe, expect, test } from "vitest";
import { TokenBucket, TokenBuckets } from "../../../server/edge/token-bucket.ts";

const RATE = { burst: 10, perSecond: 2 };

function takeAll(bucket: { take(nowMs: number): number }, times: number, nowMs: number): number {
  return Array.from({ length: times }, () => bucket.take(nowMs)).filter((wait) => wait === 0).length;
}

describe("a rate", () => {
  test("gives a burst at once, then so many a second, and no more than a burst after a rest", () => {
    const bucket = new TokenBucket(RATE, 0);
    expect(takeAll(bucket, 100, 0)).toBe(10);
    expect(takeAll(bucket, 100, 5_000)).toBe(10);
    expect(takeAll(bucket, 100, 6_000)).toBe(2);
    expect(takeAll(bucket, 100, 3_600_000)).toBe(10);
  });

  test("says when there is one again, and then there is", () => {
    const bucket = new TokenBucket(RATE, 0);
    takeAll(bucket, 10, 0);
    expect(bucket.take(0)).toBe(500);
    expect(bucket.take(200)).toBe(300);
    expect(bucket.take(500)).toBe(0);
  });

  test("a clock that was set back takes nothing away", () => {
    const bucket = new TokenBucket(RATE, 10_000);
    takeAll(bucket, 5, 10_000);
    expect(takeAll(bucket, 100, 0)).toBe(5);
  });
});

describe("rates of many", () => {
  test("each has its own, whatever it is called", () => {
    const buckets = new TokenBuckets(RATE, 100);
    for (const key of ["a", "b", "__proto__", "constructor", ""]) {
      expect(takeAll({ take: (now) => buckets.take(key, now) }, 100, 0)).toBe(10);
    }
  });

  test("a flood of parties fills a bounded place; who was quiet leaves first", () => {
    const buckets = new TokenBuckets(RATE, 1_000);
    takeAll({ take: (now) => buckets.take("busy", now) }, 10, 100_000);
    for (let party = 0; party < 999; party += 1) buckets.take(`quiet ${party}`, 0);
    buckets.take("newcomer", 100_000);
    expect(buckets.size).toBeLessThanOrEqual(1_000);
    expect(buckets.take("busy", 100_000)).toBeGreaterThan(0);
    for (let party = 0; party < 10_000; party += 1) buckets.take(`flood ${party}`, 100_000);
    expect(buckets.size).toBeLessThanOrEqual(1_000);
  });
});
