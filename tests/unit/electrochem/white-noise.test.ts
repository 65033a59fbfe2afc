import { describe, expect, it } from "vitest";
import { findHullPeak } from "../../../shared/electrochem/hull-peak.ts";
import { DEFAULT_SWV_PARAMS, hullParamsFor } from "../../../shared/electrochem/swv.ts";
import { seededNormal, sweep } from "./synthetic-scan.ts";

const SCANS = 800;

describe("white noise alone", () => {
  it.each([60, 100, 175, 300, 600, 1000])("has a peak in at most 1 % of scans of %i samples", (count) => {
    const potentials = sweep(count + DEFAULT_SWV_PARAMS.skip_start);
    const normal = seededNormal(count);
    let found = 0;
    for (let scan = 0; scan < SCANS; scan++) {
      const currents = potentials.map(() => 1e-9 * normal());
      const sg_points = scan % 2 === 0 ? "auto" : 15;
      const params = hullParamsFor({ ...DEFAULT_SWV_PARAMS, sg_points }, 100);
      if (findHullPeak(potentials, currents, params).kind === "peak") found++;
    }
    expect(found / SCANS).toBeLessThanOrEqual(0.01);
  });

  it("needs the limit: without it nearly every scan has a peak", () => {
    const potentials = sweep(300);
    const normal = seededNormal(1);
    const params = hullParamsFor({ ...DEFAULT_SWV_PARAMS, min_snr: 0 }, 100);
    const kinds = Array.from(
      { length: 50 },
      () =>
        findHullPeak(
          potentials,
          potentials.map(() => 1e-9 * normal()),
          params,
        ).kind,
    );
    expect(kinds.filter((kind) => kind === "peak").length).toBeGreaterThan(45);
  });
});
