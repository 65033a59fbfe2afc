import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RedisAddress } from "../../../server/store/redis-address.ts";

describe("a Redis URL", () => {
  test.each([
    ["redis://127.0.0.1:6379", "redis://127.0.0.1:6379", 0],
    [
      "rediss://lab:geheim@redis.example.org:6380/3?password=geheim",
      "rediss://lab:***@redis.example.org:6380/3",
      3,
    ],
    [
      "redis+sentinel://lab:geheim@one:26379,two/primary/2",
      "redis+sentinel://one:26379,two:26379/primary/2",
      2,
    ],
    ["rediss+sentinel://:ge%40heim@[::1]:26380/lab", "rediss+sentinel://::1:26380/lab/0", 0],
  ])("%s is shown without its password, and names its database", (text, label, database) => {
    const address = new RedisAddress(text);
    expect([address.label, address.database]).toEqual([label, database]);
    expect(address.label).not.toContain("heim");
  });

  test.each([
    "http://geheim@redis:6379",
    "redis+sentinel://geheim@/lab",
    "redis+sentinel://one:26379",
    "redis+sentinel://one:x,two/lab",
    "redis+sentinel://one/lab/geheim",
    "geheim",
  ])("%s is refused with the forms that there are, and is not repeated", (text) => {
    expect(() => new RedisAddress(text)).toThrow(/^The Redis URL must look like redis:\/\/(?!.*geheim)/);
  });

  test("of sentinels is taken apart as it was put together", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
    const host = fc.tuple(word, fc.integer({ min: 1, max: 65_535 }));
    fc.assert(
      fc.property(fc.array(host, { minLength: 1, maxLength: 5 }), word, fc.nat(15), (hosts, name, db) => {
        const listed = hosts.map(([one, port]) => `${one}:${port}`).join(",");
        const text = `redis+sentinel://${listed}/${name}/${db}`;
        expect(new RedisAddress(text).label).toBe(text);
      }),
    );
  });
});
