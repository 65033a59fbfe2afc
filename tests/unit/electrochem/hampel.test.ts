import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hampelFilter } from "../../../shared/electrochem/hampel.ts";
import { findHullPeak } from "../../../shared/electrochem/hull-peak.ts";
import { DEFAULT_SWV_PARAMS, hullParamsFor } from "../../../shared/electrochem/swv.ts";
import { sweep, voltammogram } from "./synthetic-scan.ts";

const FILTER = { points: 5, threshold: 3 };

describe("the Hampel filter", () => {
  it("replaces a wild sample by the median of its window, and leaves the others", () => {
    const values = Float64Array.of(1, 2, 3, 90, 5, 6, 7, 8);
    expect([...hampelFilter(values, FILTER)]).toEqual([1, 2, 3, 5, 5, 6, 7, 8]);
    expect([...values]).toEqual([1, 2, 3, 90, 5, 6, 7, 8]);
  });

  it("looks at a cut window at the ends", () => {
    expect([...hampelFilter(Float64Array.of(50, 2, 3, 4, 5, -70), FILTER)]).toEqual([3, 2, 3, 4, 5, 4]);
  });

  it("a window of one sample, or no samples, changes nothing", () => {
    expect([...hampelFilter(Float64Array.of(1, 90, 1), { points: 1, threshold: 3 })]).toEqual([1, 90, 1]);
    expect([...hampelFilter(new Float64Array(0), FILTER)]).toEqual([]);
  });

  it("tells a spike from the smallest step of quantised values at any current", () => {
    for (const unit of [1e-12, 1, 1e6]) {
      const values = Float64Array.of(0, 0, 0, 1, 0, 0, 0, 1e5, 0, 0).map((value) => value * unit);
      expect(hampelFilter(values, FILTER)).toEqual(
        Float64Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0, 0).map((value) => value * unit),
      );
    }
  });

  it("scaling and mirroring the samples does the same to the result", () => {
    const samples = fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 60 });
    fc.assert(
      fc.property(samples, fc.integer({ min: -40, max: 40 }), (list, power) => {
        const values = Float64Array.from(list);
        const filtered = hampelFilter(values, FILTER);
        const factor = -(2 ** power);
        const mirrored = hampelFilter(
          values.map((value) => factor * value),
          FILTER,
        );
        // The median of −a and a is 0, mirrored or not; adding 0 makes −0 the same.
        expect(mirrored.map((value) => value + 0)).toEqual(filtered.map((value) => factor * value + 0));
      }),
    );
  });

  it("before smoothing takes out spikes that would be the peak", () => {
    const potentials = sweep(401);
    const wave = { centre_v: -0.25, height_a: 1e-6, width_v: 0.09 };
    const currents = voltammogram(potentials, [wave], { noise_a: 5e-9 });
    const spiked = currents.map((current, i) => (i % 90 === 40 ? current + 2e-5 : current));
    const params = hullParamsFor({ ...DEFAULT_SWV_PARAMS, sg_points: 15 }, 100);
    const filtered = hullParamsFor({ ...DEFAULT_SWV_PARAMS, sg_points: 15, hampel: FILTER }, 100);
    expect(findHullPeak(potentials, spiked, params)).not.toMatchObject({
      peak_height_a: expect.closeTo(1e-6, 7),
    });
    expect(findHullPeak(potentials, spiked, filtered)).toMatchObject({
      kind: "peak",
      peak_height_a: expect.closeTo(1e-6, 7),
      peak_potential_v: expect.closeTo(-0.25, 2),
    });
  });
});
