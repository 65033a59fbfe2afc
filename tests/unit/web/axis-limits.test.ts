import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { followLimits, zoomLimits } from "../../../web/plots/follow-limits.ts";
import { type Limits, roundStep, steppedLimits } from "../../../web/plots/stepped-limits.ts";
import { elapsedUnit, ticksFrom, timeStep } from "../../../web/plots/time-steps.ts";

const value = fc.double({ min: -1e-5, max: 1e-5, noNaN: true });

describe("limits of an axis", () => {
  test("contain the data, whatever was shown before", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1 }), (pairs) => {
        let limits: Limits | null = null;
        for (const [a, b] of pairs) {
          limits = steppedLimits(Math.min(a, b), Math.max(a, b), limits);
          expect(limits[0]).toBeLessThanOrEqual(Math.min(a, b));
          expect(limits[1]).toBeGreaterThanOrEqual(Math.max(a, b));
          expect(limits[0]).toBeLessThan(limits[1]);
        }
      }),
    );
  });

  test("move rarely: a signal that falls by half over 1,000 scans moves them once in fifty scans", () => {
    const seen = new Set<string>();
    let limits: Limits | null = null;
    for (let scan = 0; scan < 1000; scan++) {
      limits = steppedLimits(1e-6 * (1 - scan / 2000), 1e-6, limits);
      seen.add(limits.join());
    }
    expect(seen.size).toBeLessThan(25);
  });

  test("follow a run that grows by steps, with the first point always in view", () => {
    const ends = new Set<number>();
    for (let last = 1; last <= 1000; last++) {
      const [low, high] = followLimits(1, last, 10);
      expect(low).toBeLessThan(1);
      expect(high).toBeGreaterThan(last);
      ends.add(high);
    }
    expect(ends.size).toBeLessThan(60);
  });

  test("zooming out ends at the whole run", () => {
    expect(zoomLimits([40, 60], 50, 10, [0, 100])).toBeNull();
    expect(zoomLimits([40, 60], 50, 0.5, [0, 100])).toEqual([45, 55]);
  });

  test("steps are 1, 2 and 5 times powers of ten", () => {
    expect([0.7, 1, 1.2, 3, 6, 30].map(roundStep)).toEqual([1, 1, 2, 5, 10, 50]);
  });

  test("clocks tick in seconds, minutes and hours, not in thousands", () => {
    expect(timeStep(7000)).toBe(10_000);
    expect(timeStep(40_000)).toBe(60_000);
    expect(timeStep(100 * 60_000)).toBe(2 * 3_600_000);
    expect(ticksFrom(500, 1000, 0, 3000)).toEqual([500, 1500, 2500]);
    expect(elapsedUnit(90 * 60_000).symbol).toBe("min");
  });
});
