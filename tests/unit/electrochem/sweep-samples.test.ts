import { describe, expect, it } from "vitest";
import { keepSamples } from "../../../shared/electrochem/sweep-samples.ts";

const keep = (
  potentials: number[],
  currents: number[],
  skip_start = 0,
  window: [number, number] | null = null,
) => {
  const kept = keepSamples(Float64Array.from(potentials), Float64Array.from(currents), {
    skip_start,
    window,
  });
  return [...kept.potentials_v].map((potential, i) => [potential, kept.currents_a[i]]);
};

describe("the samples that an analysis keeps", () => {
  it("come by ascending potential, whichever way the sweep went", () => {
    const ascending = [
      [1, 10],
      [2, 20],
      [3, 30],
    ];
    expect(keep([1, 2, 3], [10, 20, 30])).toEqual(ascending);
    expect(keep([3, 2, 1], [30, 20, 10])).toEqual(ascending);
    expect(keep([2, 3, 1], [20, 30, 10])).toEqual(ascending);
  });

  it("lack the start of the sweep, not the lowest potentials", () => {
    expect(keep([3, 2, 1], [30, 20, 10], 1)).toEqual([
      [1, 10],
      [2, 20],
    ]);
    expect(keep([3, 2, 1], [30, 20, 10], 5)).toEqual([]);
  });

  it("lie inside the window, limits included", () => {
    expect(keep([0, 1, 2, 3], [0, 10, 20, 30], 0, [1, 2])).toEqual([
      [1, 10],
      [2, 20],
    ]);
  });

  it("are merged by their mean where potentials repeat", () => {
    expect(keep([1, 2, 2, 1, 3], [10, 20, 40, 30, 50])).toEqual([
      [1, 20],
      [2, 30],
      [3, 50],
    ]);
  });

  it("have no bad cells, and the tail of a longer column is ignored", () => {
    expect(keep([1, Number.NaN, 3, 4, 5, 6], [10, 20, Infinity, 40, 50])).toEqual([
      [1, 10],
      [4, 40],
      [5, 50],
    ]);
  });

  it("never change their source", () => {
    const potentials = Float64Array.of(3, 2, 1);
    const currents = Float64Array.of(30, 20, 10);
    keepSamples(potentials, currents, { skip_start: 0, window: null });
    expect([...potentials, ...currents]).toEqual([3, 2, 1, 30, 20, 10]);
  });
});
