import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { medianStep, splitSegments } from "../../../shared/electrochem/cv-segments.ts";
import { cyclePotentials } from "./synthetic-cv.ts";
import { seededNormal } from "./synthetic-scan.ts";

const bounds = (potentials: Float64Array | number[]) =>
  splitSegments(Float64Array.from(potentials)).map(({ from, to }) => [from, to]);

/** Whole steps, as counts: 0 1 2 … high … 0 … */
const zigzag = (...turns: number[]) =>
  turns.flatMap((turn, i) => {
    const last = turns[i - 1] ?? turn;
    return Array.from({ length: Math.abs(turn - last) || 1 }, (_, k) =>
      i === 0 ? turn : last + (k + 1) * Math.sign(turn - last),
    );
  });

describe("segments of a CV", () => {
  it("share their turning sample, and know which way they go", () => {
    expect(splitSegments(Float64Array.from(zigzag(0, 10, -5, 0)))).toEqual([
      { number: 1, from: 0, to: 11, sweep: "rising", direction: "forward" },
      { number: 2, from: 10, to: 26, sweep: "falling", direction: "reverse" },
      { number: 3, from: 25, to: 31, sweep: "rising", direction: "forward" },
    ]);
  });

  it("that begin downwards are forward when they fall", () => {
    const directions = splitSegments(Float64Array.from(zigzag(0, -9, 9))).map(
      ({ sweep, direction }) => `${sweep} ${direction}`,
    );
    expect(directions).toEqual(["falling forward", "rising reverse"]);
  });

  it("are not split by going back three steps; four are a turn", () => {
    expect(bounds(zigzag(0, 20, 17, 40))).toEqual([[0, 44 - 17 + 20]]);
    expect(bounds(zigzag(0, 20, 16, 40))).toEqual([
      [0, 21],
      [20, 25],
      [24, 49],
    ]);
  });

  it("keep their direction while the potential is held; of a held turning potential the last sample is the turn", () => {
    expect(bounds([...zigzag(0, 10), 10, 10, ...zigzag(9, 5), 5, 5, ...zigzag(4, 0)])).toEqual([
      [0, 13],
      [12, 25],
    ]);
  });

  it("of measured potentials are those of the clean ones, whatever the noise below a step does", () => {
    const clean = cyclePotentials(-0.4, 0.4, 0.002, 3);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const normal = seededNormal(seed);
        const noisy = clean.map((potential) => potential + 0.0008 * normal());
        const found = splitSegments(noisy);
        expect(found).toHaveLength(6);
        for (const [k, { from }] of found.entries()) expect(Math.abs(from - 400 * k)).toBeLessThanOrEqual(2);
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  it("cover every sample, alternate, and each begins where the one before ended", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 80 }), (values) => {
        const found = splitSegments(Float64Array.from(values));
        expect(found[0]?.from).toBe(0);
        expect(found.at(-1)?.to).toBe(values.length);
        for (const [index, segment] of found.entries()) {
          const next = found[index + 1];
          if (next === undefined) continue;
          expect(next.from).toBe(segment.to - 1);
          expect(next.sweep).not.toBe(segment.sweep);
          expect(next.direction).not.toBe(segment.direction);
        }
      }),
    );
  });

  it("are none without samples, and one for a sweep too short to turn", () => {
    expect(bounds([])).toEqual([]);
    expect(bounds([0.3])).toEqual([[0, 1]]);
    expect(splitSegments(Float64Array.of(3, 2, 1))).toMatchObject([{ from: 0, to: 3, sweep: "falling" }]);
  });

  it("do not stumble over a potential that is no number", () => {
    const potentials = zigzag(0, 10, 0);
    potentials[0] = Number.NaN;
    potentials[5] = Number.NaN;
    expect(bounds(potentials)).toEqual([
      [0, 11],
      [10, 21],
    ]);
  });
});

describe("the usual step", () => {
  it("is the median of the steps that are steps", () => {
    expect(medianStep(Float64Array.of(0, 0, 0, 1, 2, 2, 9))).toBe(1);
    expect(medianStep(Float64Array.of(5, 5))).toBe(0);
  });
});
