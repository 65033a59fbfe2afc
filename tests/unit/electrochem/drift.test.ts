import { describe, expect, it } from "vitest";
import { theilSenDrift } from "../../../shared/electrochem/drift.ts";
import { injectionSteps } from "../../../shared/electrochem/injection-steps.ts";
import { seededNormal } from "./synthetic-scan.ts";
import { series } from "./trend-fixture.ts";

describe("drift", () => {
  it("is the Theil–Sen slope: the same as scipy's theilslopes, blind to the wild point", () => {
    const xs = [0, 1, 2, 3, 4, 5.5, 7, 8];
    const values = [1, 0.97, 0.95, 0.9, 3, 0.86, 0.8, 0.77];
    const found = theilSenDrift(series(xs.map((x, i) => [i, values[i] ?? null, x])));
    if (found.kind !== "drift") throw new Error(found.reason);
    expect(found.slope).toBeCloseTo(-0.028571428571428564, 12);
    expect(found.atZero).toBeCloseTo(1, 1);
    expect(found.points).toBe(8);
  });

  it("of a long noisy series with a fifth of wild points is the true one", () => {
    const normal = seededNormal(5);
    const points = Array.from({ length: 8_000 }, (_, i) => {
      const x = i / 200;
      const value = 2 - 0.03 * x + 0.01 * normal();
      return [i, i % 5 === 0 ? value + 3 * Math.abs(normal()) : value, x] as const;
    });
    const found = theilSenDrift(series(points));
    if (found.kind !== "drift") throw new Error(found.reason);
    expect(found.slope).toBeCloseTo(-0.03, 3);
    expect(found.points).toBe(8_000);
  });

  it("needs three points, and two places", () => {
    const two = series([
      [1, 1],
      [2, null],
      [3, 2],
    ]);
    expect(theilSenDrift(two)).toEqual({ kind: "no-drift", reason: "too-few-points", points: 2 });
    const onePlace = series([
      [1, 1, 7],
      [2, 3, 7],
      [3, 2, 7],
    ]);
    expect(theilSenDrift(onePlace)).toEqual({ kind: "no-drift", reason: "too-few-points", points: 3 });
    expect(theilSenDrift(series([]))).toMatchObject({ kind: "no-drift", points: 0 });
  });
});

describe("injection steps", () => {
  const signal = series([
    [1, 10],
    [2, 11],
    [3, 9],
    [4, 20],
    [5, 15],
    [6, 15],
    [7, 15],
    [8, null],
    [9, null],
    [10, 30],
  ]);

  it("have the median level of each stretch and the change from the one before", () => {
    const steps = injectionSteps(
      signal,
      [
        { x: 9.5, concentration: null },
        { x: 3.5, concentration: 5 },
      ],
      0,
    );
    expect(steps).toEqual([
      { since: null, concentration: 0, level: 10, points: 3, change: null },
      { since: 3.5, concentration: 5, level: 15, points: 4, change: 5 },
      { since: 9.5, concentration: null, level: 30, points: 1, change: 15 },
    ]);
  });

  it("count from when the signal has settled", () => {
    const [, step] = injectionSteps(signal, [{ x: 4, concentration: 5 }], 1, null);
    expect(step).toMatchObject({ level: 15, points: 4 });
  });

  it("without any value have no level, and no change to or from it", () => {
    const steps = injectionSteps(
      signal,
      [
        { x: 8, concentration: 1 },
        { x: 10, concentration: 2 },
      ],
      0,
      null,
    );
    expect(steps.map(({ level, change, points }) => [level, change, points])).toEqual([
      [15, null, 7],
      [null, null, 0],
      [30, null, 1],
    ]);
  });

  it("without injections are one stretch", () => {
    expect(injectionSteps(signal, [], 0)).toMatchObject([{ since: null, points: 8 }]);
  });
});
