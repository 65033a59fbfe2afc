import { describe, expect, it } from "vitest";
import { areaUnder, halfWidth, largestMaximum } from "../../../shared/electrochem/peak-shape.ts";

const volts = (count: number) => Float64Array.from({ length: count }, (_, i) => i / 10);

describe("the largest local maximum", () => {
  const find = (curve: number[], search: Partial<Parameters<typeof largestMaximum>[2]> = {}) =>
    largestMaximum(volts(curve.length), Float64Array.from(curve), {
      peak_window: null,
      margin: 0,
      floor: 0,
      ...search,
    });

  it("is neither end, however high they are", () => {
    expect(find([9, 1, 2, 1, 9])).toBe(2);
    expect(find([1, 2, 3])).toBeNull();
  });

  it("keeps its distance from both ends", () => {
    expect(find([0, 9, 0, 3, 0, 8, 0], { margin: 2 })).toBe(3);
    expect(find([0, 9, 0, 3, 0, 8, 0], { margin: 1 })).toBe(1);
  });

  it("is the last sample of a plateau, and the first of equal tops", () => {
    expect(find([0, 5, 5, 5, 0])).toBe(3);
    expect(find([0, 5, 0, 5, 0])).toBe(1);
  });

  it("lies inside the peak window, limits included", () => {
    expect(find([0, 9, 0, 3, 0, 8, 0], { peak_window: [0.2, 0.3] })).toBe(3);
    expect(find([0, 9, 0, 3, 0, 8, 0], { peak_window: [0.35, 0.45] })).toBeNull();
  });

  it("is higher than the floor", () => {
    expect(find([0, 1, 0], { floor: 1 })).toBeNull();
  });
});

describe("half width", () => {
  it("is measured between samples", () => {
    expect(halfWidth(volts(5), Float64Array.of(0, 1, 4, 3, 1), 2)).toBeCloseTo(0.35 - 0.4 / 3, 12);
  });

  it("is missing where a side does not come down to half", () => {
    expect(halfWidth(volts(4), Float64Array.of(3, 4, 1, 0), 1)).toBeNull();
    expect(halfWidth(volts(4), Float64Array.of(0, 1, 4, 3), 2)).toBeNull();
  });
});

describe("area", () => {
  it("is that of trapezoids between the two samples", () => {
    expect(areaUnder(volts(5), Float64Array.of(7, 0, 2, 4, 7), 1, 3)).toBeCloseTo(0.1 + 0.3, 12);
  });
});
