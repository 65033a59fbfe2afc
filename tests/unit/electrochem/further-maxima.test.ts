import { describe, expect, it } from "vitest";
import { furtherMaxima } from "../../../shared/electrochem/further-maxima.ts";

const further = (curve: number[], depth: number, chosen: number) =>
  furtherMaxima(Float64Array.from(curve), depth, chosen);

describe("further maxima", () => {
  it("are waves that come down by more than the depth on both sides, highest first", () => {
    expect(further([0, 4, 0, 9, 0, 6, 0], 2, 3)).toEqual([5, 1]);
  });

  it("do not include ripples, nor a second top behind a shallow valley", () => {
    expect(further([0, 5, 4, 6, 5, 9, 8, 9, 3, 4, 0], 2, 5)).toEqual([]);
  });

  it("do not include the chosen wave, also where another of its tops was chosen", () => {
    expect(further([0, 9, 8, 9, 0, 5, 0], 2, 1)).toEqual([5]);
    expect(further([0, 5, 0, 9, 8, 9, 0], 2, 3)).toEqual([1]);
  });

  it("keep apart a wave from the next one behind a deep valley", () => {
    expect(further([0, 9, 1, 8, 0], 2, 1)).toEqual([3]);
    expect(further([0, 9, 1, 8, 0], 2, 3)).toEqual([1]);
  });

  it("include the large wave on whose flank a small one was chosen", () => {
    expect(further([0, 9, 5, 6, 5, 0], 2, 3)).toEqual([1]);
  });

  it("are eight at most", () => {
    const forest = Array.from({ length: 41 }, (_, i) => (i % 2 === 0 ? 0 : 10 + i));
    expect(further(forest, 2, 39)).toEqual([37, 35, 33, 31, 29, 27, 25, 23]);
  });
});
