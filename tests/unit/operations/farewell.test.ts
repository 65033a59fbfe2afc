import fc from "fast-check";
import { expect, test } from "vitest";
import { Farewell } from "../../../server/operations/farewell.ts";

test("clients of a hub that ends come back evenly over the window: each tenth gets its share, whatever chance says", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      (clients, chances) => {
        const farewell = new Farewell(clients, () => chances.next().value);
        const waits = Array.from({ length: clients }, () => farewell.next().retry_after_ms);
        expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...waits)).toBeLessThanOrEqual(farewell.window_ms);
        expect(farewell.histogram.reduce((sum, part) => sum + part, 0)).toBe(clients);
        for (const part of farewell.histogram) expect(Math.abs(part - clients / 10)).toBeLessThan(2);
      },
    ),
    { numRuns: 30 },
  );
});

test("the window grows with the clients, between 2 s and 30 s, so that 200 come back in a second", () => {
  const windowOf = (clients: number) => new Farewell(clients, Math.random).window_ms;
  expect([0, 1, 400, 1_000, 6_000, 100_000].map(windowOf)).toEqual([
    2_000, 2_000, 2_000, 5_000, 30_000, 30_000,
  ]);
});
