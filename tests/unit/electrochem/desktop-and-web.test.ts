import { describe, expect, it } from "vitest";
import {
  type ClassicParams,
  DEFAULT_CLASSIC_PARAMS,
  findClassicPeak,
} from "../../../shared/electrochem/classic-peak.ts";
import { polynomialFit } from "../../../shared/electrochem/polynomial-fit.ts";
import {
  DEFAULT_SACMES_WEB_PARAMS,
  findSacmesWebPeak,
  type SacmesWebParams,
} from "../../../shared/electrochem/sacmes-web-peak.ts";
import { sweep, voltammogram } from "./synthetic-scan.ts";

const CLASSIC: ClassicParams = { ...DEFAULT_CLASSIC_PARAMS, window: null };
const WEB: SacmesWebParams = { ...DEFAULT_SACMES_WEB_PARAMS, window: null, peak_window: null };
const potentials = sweep(501);
const wave = { centre_v: -0.25, height_a: 1e-6, width_v: 0.09 };
const currents = voltammogram(potentials, [wave], { offset_a: 1e-7, noise_a: 2e-9 });

function classic(volts: Float64Array, amperes: Float64Array, params: Partial<ClassicParams> = {}) {
  const found = findClassicPeak(volts, amperes, { ...CLASSIC, ...params });
  if (found.kind !== "peak") throw new Error(found.reason);
  return found;
}

function web(amperes: Float64Array, params: Partial<SacmesWebParams> = {}) {
  const found = findSacmesWebPeak(potentials, amperes, { ...WEB, ...params });
  if (found.kind !== "peak") throw new Error(found.reason);
  return found;
}

describe("classic", () => {
  it("is max P − min P: a sloping background adds to the height, and a valley has one", () => {
    expect(classic(potentials, currents).peak_height_a / 1e-6).toBeCloseTo(1, 1);
    const sloping = voltammogram(potentials, [wave], { slope_a_v: 4e-6 });
    expect(classic(potentials, sloping).peak_height_a).toBeGreaterThan(1.5e-6);
    const valley = currents.map((current) => -current);
    expect(classic(potentials, valley).peak_height_a).toBeCloseTo(
      classic(potentials, currents).peak_height_a,
      18,
    );
  });

  it("the area has the sign of the sweep's direction", () => {
    const down = classic(potentials.slice().reverse(), currents.slice().reverse());
    expect(classic(potentials, currents).auc_signed_av).toBeGreaterThan(0);
    expect(down.auc_signed_av).toBeLessThan(0);
    expect(down.auc_av).toBeCloseTo(classic(potentials, currents).auc_av, 18);
  });

  it("drops a sample from the end for each one at 0 V only where it is asked to", () => {
    expect(classic(potentials, currents).points_in_window).toBe(501);
    expect(classic(potentials, currents, { legacy_zero_trim: true }).points_in_window).toBe(500);
  });

  it("a potential that occurs twice answers with its last current", () => {
    const once = classic(potentials, currents, { sg_window_mv: 0, sg_degree: 0 });
    const volts = Float64Array.from([-0.5, ...potentials]);
    const amperes = Float64Array.from([9, ...currents]);
    const twice = classic(volts, amperes, { sg_window_mv: 0, sg_degree: 0 });
    // Two samples lie at the lowest potential, so three are smoothed; the wild first one answers like the second.
    expect([once.sg_points, twice.sg_points]).toEqual([1, 3]);
    expect(twice.points_in_window).toBe(502);
    expect(twice.peak_height_a).toBeLessThan(4);
  });

  it("takes 15 points where the asked window is longer than the scan, and gives up below", () => {
    const short = sweep(31);
    expect(classic(short, voltammogram(short, [wave]), { sg_window_mv: 900 })).toMatchObject({
      sg_points: 31,
    });
    const repeated = Float64Array.from({ length: 20 }, () => -0.1);
    expect(classic(repeated, new Float64Array(20).fill(1))).toMatchObject({
      sg_points: 15,
      peak_height_a: 0,
    });
    expect(findClassicPeak(repeated.slice(0, 10), new Float64Array(10), CLASSIC)).toEqual({
      kind: "no-peak",
      reason: "too-few-points",
      points: 10,
    });
    expect(findClassicPeak(potentials, currents, { ...CLASSIC, window: [1, 2] })).toMatchObject({
      points: 0,
    });
  });

  it("passes over samples that are no numbers", () => {
    const holed = currents.slice();
    holed[100] = Number.NaN;
    expect(classic(potentials, holed).points_in_window).toBe(500);
  });
});

describe("the polynomial fit", () => {
  it("gives back a polynomial of its degree, in any order of x and far from zero", () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => 1000 + Math.sin(3 * i));
    const y = x.map((v) => 2 - 3 * (v - 1000) + (v - 1000) ** 5);
    for (const [i, value] of polynomialFit(x, y, 5).entries()) expect(value).toBeCloseTo(y[i] ?? 0, 8);
  });

  it("through fewer distinct x than its degree needs passes through their means", () => {
    const x = Float64Array.of(0, 1, 1, 2);
    const fitted = polynomialFit(x, Float64Array.of(5, 1, 3, 7), 15);
    for (const [i, value] of [5, 2, 2, 7].entries()) expect(fitted[i]).toBeCloseTo(value, 12);
    expect([...polynomialFit(Float64Array.of(4, 4), Float64Array.of(1, 3), 2)]).toEqual([
      expect.closeTo(2, 12),
      expect.closeTo(2, 12),
    ]);
  });
});

describe("sacmes-web", () => {
  it("finds a valley where it is further from zero than the top, with a negative height", () => {
    const valley = voltammogram(potentials, [{ ...wave, height_a: -1e-6 }], { noise_a: 2e-9 });
    const found = web(valley, { sg_points: 15 });
    expect(found.peak_height_a / -1e-6).toBeCloseTo(1, 1);
    expect(found.peak_area_av).toBeGreaterThan(0);
  });

  it("sets its window from the width counted from zero, so a background changes it", () => {
    const lifted = currents.map((current) => current + 1e-5);
    expect(web(currents).half_width_v).toBeCloseTo(0.1, 1);
    // Never half of its maximum: a fifth of the samples instead of a third of the width.
    expect(web(lifted)).toMatchObject({ half_width_v: null, sg_points: 101 });
  });

  it("filters and smooths as asked, or not at all", () => {
    expect(web(currents, { sg_points: "off" })).toMatchObject({ sg_points: null, hampel_points: null });
    const filtered = web(currents, { sg_points: 15, hampel: "auto" });
    // A width of 0.095 V holds nine times ten steps of 1 mV.
    expect(filtered).toMatchObject({ sg_points: 15, hampel_points: 9, quality: "pass" });
    expect(web(currents, { sg_points: 15, hampel: { points: 7, threshold: 3 } }).hampel_points).toBe(7);
  });

  it("cuts the samples to the peak window, too", () => {
    expect(web(currents, { sg_points: 15, peak_window: [-0.35, -0.15] }).points).toBe(201);
  });

  it("says why there is none", () => {
    const line = potentials.map((potential) => potential);
    expect(findSacmesWebPeak(potentials, line, WEB)).toMatchObject({ kind: "no-peak", reason: "no-maximum" });
    const outside = { ...WEB, window: [1, 2] as const };
    expect(findSacmesWebPeak(potentials, currents, outside)).toEqual({
      kind: "no-peak",
      reason: "too-few-points",
      points: 0,
    });
    const few = { ...WEB, window: [-0.25, -0.2475] as const };
    expect(findSacmesWebPeak(potentials, currents, few)).toMatchObject({ points: 3 });
  });
});
