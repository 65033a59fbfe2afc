import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lowerHull } from "../../../shared/electrochem/convex-hull.ts";
import { hullEdgeAround, subtractHull } from "../../../shared/electrochem/hull-baseline.ts";

const hullOf = (y: number[], tolerance = 0) => [
  ...lowerHull(Float64Array.from(y.keys()), Float64Array.from(y), tolerance),
];

describe("lower convex hull", () => {
  it("touches the curve from below and keeps both ends", () => {
    expect(hullOf([3, 0, 4, 1, 5])).toEqual([0, 1, 3, 4]);
  });

  it("drops collinear points", () => {
    expect(hullOf([2, 1, 0, 0, 0, 1, 2])).toEqual([0, 2, 4, 6]);
  });

  it("drops points that are collinear within the tolerance", () => {
    expect(hullOf([0, 1 - 1e-15, 2])).toEqual([0, 1, 2]);
    expect(hullOf([0, 1 - 1e-15, 2], 1e-14)).toEqual([0, 2]);
  });

  it("is the whole of two points, one point, none", () => {
    expect([hullOf([5, 1]), hullOf([5]), hullOf([])]).toEqual([[0, 1], [0], []]);
  });

  it("lies below every point and bends only upwards, for any whole numbers", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 60 }), (y) => {
        const hull = hullOf(y);
        const slopes = hull.slice(1).map((right, edge) => {
          const left = hull[edge] ?? 0;
          return ((y[right] ?? 0) - (y[left] ?? 0)) / (right - left);
        });
        expect(slopes).toEqual([...new Set(slopes)].sort((a, b) => a - b));
        const { above } = subtractHull(Float64Array.from(y.keys()), Float64Array.from(y));
        expect(Math.min(...above)).toBeGreaterThan(-1e-11);
        for (const point of hull) expect(above[point]).toBe(0);
      }),
    );
  });

  it("does not hang on values that are not numbers", () => {
    expect(hullOf([Number.NaN, 1, Number.NaN, Infinity, -Infinity, 2]).length).toBeGreaterThan(0);
  });
});

describe("the hull edge around a sample", () => {
  it("has the sample between its ends, on the left one at most", () => {
    const hull = Int32Array.of(0, 3, 9);
    expect([0, 2, 3, 8].map((index) => hullEdgeAround(hull, index))).toEqual([
      { left: 0, right: 3 },
      { left: 0, right: 3 },
      { left: 3, right: 9 },
      { left: 3, right: 9 },
    ]);
  });
});
