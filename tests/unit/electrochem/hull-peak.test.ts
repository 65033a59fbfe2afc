import { describe, expect, it } from "vitest";
import {
  findHullPeak,
  type HullOutcome,
  type HullParams,
  hullCurves,
  proposePeakWindow,
  resolveAuto,
} from "../../../shared/electrochem/hull-peak.ts";
import { sweep, voltammogram } from "./synthetic-scan.ts";

const PARAMS: HullParams = {
  direction: "auto",
  sg_points: 15,
  sg_degree: 2,
  skip_start: 0,
  min_snr: 8,
  window: null,
  peak_window: null,
};
const potentials = sweep(501);
const wave = { centre_v: -0.3, height_a: 1e-6, width_v: 0.08 };
const line = { offset_a: 2e-6, slope_a_v: 1e-6 };
const noisy = { ...line, noise_a: 1e-8 };

describe("outcomes", () => {
  it("a wave on a line is a peak with the wave's height, place, width and area", () => {
    const peak = peakOf(findHullPeak(potentials, voltammogram(potentials, [wave], line), PARAMS));
    expect(peak.peak_potential_v).toBeCloseTo(-0.3, 3);
    expect(peak.peak_height_a / 1e-6).toBeCloseTo(1, 3);
    expect(peak.half_width_v).toBeCloseTo(0.08, 3);
    // Area of a Gaussian: height · width · √(π / (4 ln 2)).
    expect(peak.peak_area_av / (1e-6 * 0.08 * Math.sqrt(Math.PI / (4 * Math.LN2)))).toBeCloseTo(1, 2);
    expect(peak.baseline_at_peak_a / (2e-6 - 0.3e-6)).toBeCloseTo(1, 3);
    expect(peak.peak_current_a).toBeCloseTo(peak.baseline_at_peak_a + peak.peak_height_a, 18);
    expect(peak.flags).toEqual([]);
  });

  it("a background higher than the wave does not win", () => {
    const steep = { offset_a: 5e-5, slope_a_v: 1e-4 };
    const peak = peakOf(findHullPeak(potentials, voltammogram(potentials, [wave], steep), PARAMS));
    expect(peak.peak_potential_v).toBeCloseTo(-0.3, 3);
  });

  it("six samples are too few, seven are not", () => {
    const currents = Float64Array.of(0, 0, 1, 3, 1, 0, 0);
    const few = findHullPeak(sweep(7), currents, { ...PARAMS, skip_start: 1 });
    expect(few).toEqual({ kind: "no-peak", reason: "too-few-points", points: 6 });
    expect(findHullPeak(sweep(7), currents, { ...PARAMS, sg_points: 3, min_snr: 0 })).toMatchObject({
      kind: "peak",
    });
  });

  it("a straight line has no maximum, however steep and wherever it lies", () => {
    for (const [offset_a, slope_a_v] of [
      [0, 0],
      [1e-6, 0],
      [3e-6, -7e-5],
      [1, 1e-9],
    ] as const) {
      const outcome = findHullPeak(potentials, voltammogram(potentials, [], { offset_a, slope_a_v }), PARAMS);
      expect(outcome).toMatchObject({ kind: "no-peak", reason: "no-maximum", points: 501, direction: "up" });
    }
  });

  it("a weak wave is below the noise and still carries its numbers; a limit of 0 is not applied", () => {
    const weak = { ...wave, height_a: 1e-9 };
    const currents = voltammogram(potentials, [weak], { noise_a: 1e-8 });
    const outcome = findHullPeak(potentials, currents, PARAMS);
    if (outcome.kind !== "no-peak" || outcome.reason !== "below-noise")
      throw new Error("expected below-noise");
    const { kind, reason, ...numbers } = outcome;
    expect(numbers.snr).toBeLessThan(8);
    expect(findHullPeak(potentials, currents, { ...PARAMS, min_snr: 0 })).toEqual({
      kind: "peak",
      ...numbers,
    });
  });

  it("quantised data without a noise estimate is never below the noise", () => {
    const coarse = voltammogram(potentials, [wave]).map((current) => Math.round(current / 4e-7) * 4e-7);
    const peak = peakOf(findHullPeak(potentials, coarse, PARAMS));
    expect(peak).toMatchObject({ noise_a: 0, snr: null, other_peaks: [] });
  });

  it("the last bits of collinear points do not choose the end of the baseline", () => {
    // On decimal grids three equal steps are one exact line, and none in binary.
    const grid = Float64Array.from({ length: 40 }, (_, i) => (i - 20) / 1000);
    const currents = grid.map((potential, i) => (i === 30 ? 5e-6 : 1.1e-6 - 0.7e-6 * potential));
    const peak = peakOf(findHullPeak(grid, currents, { ...PARAMS, sg_points: 1, min_snr: 0 }));
    expect([peak.baseline_left[0], peak.baseline_right[0]]).toEqual([-0.02, 0.019]);
  });
});

describe("windows and direction", () => {
  const small = { centre_v: -0.15, height_a: 3e-7, width_v: 0.05 };
  const currents = voltammogram(potentials, [wave, small], noisy);

  it("the peak window chooses between waves, and the analysis window cuts the samples", () => {
    const chosen = peakOf(findHullPeak(potentials, currents, { ...PARAMS, peak_window: [-0.2, -0.1] }));
    expect(chosen.peak_potential_v).toBeCloseTo(-0.15, 2);
    const cut = peakOf(findHullPeak(potentials, currents, { ...PARAMS, window: [-0.2105, -0.0495] }));
    expect(cut.peak_potential_v).toBeCloseTo(-0.15, 2);
    expect(cut.points).toBe(161);
  });

  it("further waves are reported, ripples on the flanks are not", () => {
    const peak = peakOf(findHullPeak(potentials, currents, PARAMS));
    expect(peak.other_peaks).toHaveLength(1);
    expect(peak.other_peaks[0]?.peak_potential_v).toBeCloseTo(-0.15, 2);
    expect(peak.other_peaks[0]?.snr).toBeGreaterThan(8);
    expect(
      peakOf(findHullPeak(potentials, voltammogram(potentials, [wave], noisy), PARAMS)).other_peaks,
    ).toEqual([]);
  });

  it("the larger wave outside the peak window is reported as another", () => {
    const chosen = peakOf(findHullPeak(potentials, currents, { ...PARAMS, peak_window: [-0.2, -0.1] }));
    expect(chosen.other_peaks.map((other) => other.peak_potential_v.toFixed(1))).toEqual(["-0.3"]);
  });

  it("what smoothing extrapolated at the ends is no further wave", () => {
    const cut = { ...wave, centre_v: -0.496, width_v: 0.012 };
    const atTheEnd = voltammogram(potentials, [wave, cut, { ...cut, centre_v: -0.004 }], noisy);
    expect(peakOf(findHullPeak(potentials, atTheEnd, PARAMS)).other_peaks).toEqual([]);
  });

  it("the direction is down when the mean current is negative, and heights keep the measured sign", () => {
    const negative = currents.map((current) => -current);
    const peak = peakOf(findHullPeak(potentials, negative, PARAMS));
    expect(peak.direction).toBe("down");
    expect(peak.peak_height_a).toBeLessThan(0);
    expect(peak.peak_area_av).toBeGreaterThan(0);
  });

  it("a start transient hides nothing once it is skipped", () => {
    const disturbed = currents.slice();
    disturbed[0] = 1e-4;
    const peak = peakOf(findHullPeak(potentials, disturbed, { ...PARAMS, skip_start: 1 }));
    expect(peak.peak_potential_v).toBeCloseTo(-0.3, 2);
  });

  it("a peak near the end of the window is flagged", () => {
    const late = { ...wave, centre_v: -0.02, width_v: 0.02 };
    expect(peakOf(findHullPeak(potentials, voltammogram(potentials, [late], noisy), PARAMS)).flags).toEqual([
      "near-window-edge",
    ]);
  });

  it("smoothing that flattens the peak is flagged", () => {
    const narrow = { ...wave, width_v: 0.05 };
    const curve = voltammogram(potentials, [narrow], { noise_a: 1e-8 });
    expect(peakOf(findHullPeak(potentials, curve, PARAMS)).flags).toEqual([]);
    const outcome = findHullPeak(potentials, curve, { ...PARAMS, sg_points: 201 });
    expect(peakOf(outcome).flags).toContain("quality-warning");
  });
});

describe("smoothing window", () => {
  const currents = voltammogram(potentials, [wave], noisy);

  it.each([
    [14, 2, 15, 2],
    [1, 2, 1, 0],
    [0, 2, 1, 0],
    [3, 4, 3, 2],
    [9999, 2, 501, 2],
  ])(
    "%i points of degree %i become %i of degree %i, and the outcome says so",
    (points, degree, used, usedDegree) => {
      const outcome = findHullPeak(potentials, currents, { ...PARAMS, sg_points: points, sg_degree: degree });
      expect(outcome).toMatchObject({ sg_points: used, sg_degree: usedDegree });
    },
  );

  it("automatic: a third of the half width, in samples", () => {
    // 80 mV wide at 1 mV per sample: trunc(26.7) made odd.
    const quiet = voltammogram(potentials, [wave], line);
    expect(findHullPeak(potentials, quiet, { ...PARAMS, sg_points: "auto" })).toMatchObject({
      sg_points: 27,
    });
  });

  it("automatic: never more than a quarter of the samples, and usable on the shortest scans", () => {
    // Nearly as wide as its window: a third of the width would be 19 samples.
    const box = sweep(60).map((potential, i) =>
      i < 2 || i > 57 ? 0 : 1e-6 - 1e-6 * (potential + 0.25) ** 2,
    );
    expect(findHullPeak(sweep(60), box, { ...PARAMS, sg_points: "auto" })).toMatchObject({ sg_points: 15 });
    for (const count of [7, 8, 9, 12, 16]) {
      const short = voltammogram(sweep(count), [wave]);
      expect(findHullPeak(sweep(count), short, { ...PARAMS, sg_points: "auto", min_snr: 0 }).kind).toBe(
        "peak",
      );
    }
  });
});

describe("choices made once", () => {
  const currents = voltammogram(potentials, [wave], noisy);

  it("fixing the automatic choices changes no number", () => {
    const automatic = { ...PARAMS, sg_points: "auto" } as const;
    const choices = resolveAuto(potentials, currents, automatic);
    if (choices === null) throw new Error("expected choices");
    expect(choices.direction).toBe("up");
    expect(findHullPeak(potentials, currents, { ...automatic, ...choices })).toEqual(
      findHullPeak(potentials, currents, automatic),
    );
  });

  it("what was chosen by hand stays, also on a scan without samples", () => {
    const chosen = { direction: "down", sg_points: 21 } as const;
    expect(resolveAuto(new Float64Array(0), new Float64Array(0), { ...PARAMS, ...chosen })).toEqual(chosen);
  });

  it("a scan with too few samples chooses nothing", () => {
    expect(resolveAuto(sweep(5), new Float64Array(5), PARAMS)).toBeNull();
  });

  it("the proposed peak window is the first scans' peak ± one half width, at least 50 mV", () => {
    const outcomes = (width_v: number, centres: number[]): HullOutcome[] =>
      centres.map((centre_v) =>
        findHullPeak(potentials, voltammogram(potentials, [{ ...wave, width_v, centre_v }]), PARAMS),
      );
    expect(proposePeakWindow(outcomes(0.03, [-0.3]))).toEqual([-0.35, -0.25]);
    expect(proposePeakWindow(outcomes(0.08, [-0.3]))).toEqual([-0.38, -0.22]);
    expect(proposePeakWindow(outcomes(0.03, [-0.3, -0.1, -0.302]))).toEqual([-0.35, -0.25]);
  });

  it("no peak window is proposed from scans whose wave drowns in the noise", () => {
    const drowned = voltammogram(potentials, [{ ...wave, height_a: 1e-9 }], { noise_a: 1e-8 });
    const tooFew = findHullPeak(sweep(3), new Float64Array(3), PARAMS);
    expect(proposePeakWindow([tooFew, findHullPeak(potentials, drowned, PARAMS)])).toBeNull();
  });
});

describe("curves for a plot", () => {
  const currents = voltammogram(potentials, [wave], noisy);

  it.each(["up", "down"] as const)(
    "%s: the same outcome, and a baseline between its two hull points",
    (direction) => {
      const measured = direction === "up" ? currents : currents.map((current) => -current);
      const params = { ...PARAMS, direction, skip_start: 1 };
      const curves = hullCurves(potentials, measured, params);
      expect(curves.outcome).toEqual(findHullPeak(potentials, measured, params));
      const peak = peakOf(curves.outcome);
      expect(curves.potentials_v).toEqual(potentials.slice(1));
      expect(curves.currents_a).toEqual(measured.slice(1));
      const at = (potential: number) => curves.potentials_v.indexOf(potential);
      expect(curves.smoothed_a[at(peak.peak_potential_v)]).toBe(peak.peak_current_a);
      const baseline = [...curves.baseline_a];
      const drawn = baseline.slice(at(peak.baseline_left[0]), at(peak.baseline_right[0]) + 1);
      expect(drawn.every(Number.isFinite)).toBe(true);
      expect(drawn[0]).toBe(peak.baseline_left[1]);
      expect(baseline.filter(Number.isFinite)).toHaveLength(drawn.length);
      expect((baseline[at(peak.peak_potential_v)] ?? 0) / peak.baseline_at_peak_a).toBeCloseTo(1, 12);
    },
  );

  it("without a peak there is no baseline, with too few samples no smoothed curve", () => {
    const flat = hullCurves(potentials, new Float64Array(501), PARAMS);
    expect(flat.baseline_a.every(Number.isNaN)).toBe(true);
    expect(flat.smoothed_a.every((value) => value === 0)).toBe(true);
    const few = hullCurves(sweep(4), new Float64Array(4), PARAMS);
    expect([few.smoothed_a.length, few.smoothed_a.every(Number.isNaN)]).toEqual([4, true]);
  });
});

function peakOf(outcome: HullOutcome) {
  if (outcome.kind !== "peak") throw new Error(`no peak: ${outcome.reason}`);
  return outcome;
}
