import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { medianInPlace } from "../../../shared/electrochem/median.ts";
import { derSnrNoise } from "../../../shared/electrochem/noise.ts";
import { sweep, voltammogram } from "./synthetic-scan.ts";

describe("DER_SNR noise", () => {
  const potentials = sweep(4000);
  const peak = { centre_v: -0.25, height_a: 5e-6, width_v: 0.1 };

  it("finds the σ of normal noise under a peak on a slope", () => {
    const background = { offset_a: 1e-5, slope_a_v: -3e-5, noise_a: 2e-9 };
    expect(derSnrNoise(voltammogram(potentials, [peak], background)) / 2e-9).toBeCloseTo(1, 1);
  });

  it("does not see an outlier", () => {
    const quiet = voltammogram(potentials, [], { noise_a: 2e-9 });
    const disturbed = quiet.slice();
    disturbed[2000] = 1;
    expect(derSnrNoise(disturbed) / derSnrNoise(quiet)).toBeCloseTo(1, 2);
  });

  it("is 0 for a constant and for fewer than five samples", () => {
    expect(derSnrNoise(new Float64Array(50).fill(3e-6))).toBe(0);
    expect(derSnrNoise(Float64Array.of(1, 5, 2, 9))).toBe(0);
  });
});

describe("median", () => {
  it("equals the middle of the sorted values", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 80 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const upper = sorted[values.length >> 1] ?? Number.NaN;
        const lower = sorted[(values.length - 1) >> 1] ?? Number.NaN;
        expect(medianInPlace(Float64Array.from(values))).toBe((lower + upper) / 2);
      }),
    );
  });

  it("is NaN for no values, and returns at all when some are not numbers", () => {
    expect(medianInPlace(new Float64Array(0))).toBeNaN();
    expect(typeof medianInPlace(Float64Array.of(Number.NaN, 1, Number.NaN, 0, Infinity))).toBe("number");
  });

  it("does not take quadratic time on an ordering made against it", () => {
    // Selecting from 200,000 one by one would take 10^10 steps; the limit of passes sorts instead.
    const values = adversarial(200_000);
    const sorted = values.toSorted();
    expect(medianInPlace(values)).toBe(((sorted[99_999] ?? 0) + (sorted[100_000] ?? 0)) / 2);
  });
});

/**
 * Plays the selection backwards: whatever it takes as pivot gets the smallest value left, so that each pass
 * removes one element.
 */
function adversarial(count: number): Float64Array {
  const values = new Float64Array(count);
  const place = Uint32Array.from({ length: count }, (_, i) => i);
  const rank = count >> 1;
  for (let left = 0; left <= rank; left++) {
    const pivot = place[rank] ?? 0;
    values[pivot] = left;
    place[rank] = place[left] ?? 0;
    place[left] = pivot;
  }
  for (let i = rank + 1; i < count; i++) values[place[i] ?? 0] = i;
  return values;
}
