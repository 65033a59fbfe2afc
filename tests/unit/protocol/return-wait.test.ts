import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { waitToReturnMs } from "../../../shared/protocol/return-wait.ts";

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const awayMs = fc.double({ min: 0, max: 10 * 86_400_000, noNaN: true });

describe("waiting for the hub", () => {
  test("is soon over while the hub is away for a moment only, and never longer than three seconds", () => {
    expect([0, 3_000, 60_000].map((away) => waitToReturnMs(away, 0.5))).toEqual([600, 1_000, 1_700]);
    fc.assert(
      fc.property(awayMs, chance, (away, part) => {
        const wait = waitToReturnMs(away, part);
        expect(wait).toBeGreaterThanOrEqual(150);
        expect(wait).toBeLessThanOrEqual(3_000);
        if (away <= 3_000) expect(wait).toBeLessThanOrEqual(1_750);
      }),
    );
  });

  test("spreads those who lost the hub in one moment over most of a second", () => {
    fc.assert(
      fc.property(awayMs, (away) => {
        expect(waitToReturnMs(away, 0.999) - waitToReturnMs(away, 0)).toBeGreaterThan(850);
      }),
    );
  });
});
