import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  analyseCv,
  type CvPair,
  type CvPeakOutcome,
  DEFAULT_CV_PARAMS,
} from "../../../shared/electrochem/cv.ts";
import { cyclePotentials, diffusingCv, goldenCv } from "./synthetic-cv.ts";
import { seededNormal, voltammogram } from "./synthetic-scan.ts";

const golden = goldenCv(1);
const bound = analyseCv(golden.potentials_v, golden.currents_a, DEFAULT_CV_PARAMS, 0.1);

describe("a species bound to the surface", () => {
  const pair = onlyPair(bound);

  it("gives separation, half-wave potential and ratio of its pair", () => {
    expect(bound).toMatchObject({ segments: 2, anodic: "up", scan_rate_v_s: 0.1 });
    expect(pair.peak_separation_v).toBeCloseTo(0.04, 9);
    expect(pair.half_wave_potential_v).toBeCloseTo(-0.1, 9);
    expect(pair.nicholson_ratio).toBeNull();
    // The turning sample belongs to both sweeps, with the current of the first: a window leaves it out.
    const inner = { ...DEFAULT_CV_PARAMS, window: [-0.4, 0.2] } as const;
    expect(onlyPair(analyseCv(golden.potentials_v, golden.currents_a, inner)).height_ratio).toBeCloseTo(1, 2);
  });

  it("has the wave's height, and its charge is the area over the scan rate", () => {
    const peak = peakOf(pair.forward.up);
    expect(peak.peak_height_a / 1e-6).toBeCloseTo(1, 1);
    expect(peak.charge_c).toBe(peak.peak_area_av / 0.1);
    // The area under a·sech²(E/0.04) is 0.08·a.
    expect((peak.charge_c ?? 0) / 8e-7).toBeCloseTo(1, 1);
    expect(peakOf(pair.reverse?.down).peak_height_a).toBeLessThan(0);
  });

  it("measured with the other sign convention gives the same pair", () => {
    const flipped = analyseCv(
      golden.potentials_v,
      golden.currents_a.map((current) => -current),
      DEFAULT_CV_PARAMS,
      0.1,
    );
    expect(flipped.anodic).toBe("down");
    const { peak_separation_v, half_wave_potential_v, height_ratio } = pair;
    expect(onlyPair(flipped)).toMatchObject({ peak_separation_v, half_wave_potential_v, height_ratio });
  });

  it("begun with the falling sweep gives the same separation", () => {
    const half = golden.potentials_v.length >> 1;
    const turned = (values: Float64Array) =>
      Float64Array.from([...values.slice(half), ...values.slice(1, half + 1)]);
    const result = analyseCv(turned(golden.potentials_v), turned(golden.currents_a), DEFAULT_CV_PARAMS);
    expect(onlyPair(result).forward.sweep).toBe("falling");
    expect(onlyPair(result).peak_separation_v).toBeCloseTo(0.04, 9);
    expect(peakOf(onlyPair(result).forward.down).charge_c).toBeNull();
  });

  it("is looked for where the window and the peak window say", () => {
    const params = { ...DEFAULT_CV_PARAMS, window: [-0.35, 0.15], peak_window: [-0.1, 0] } as const;
    const { forward, reverse } = onlyPair(analyseCv(golden.potentials_v, golden.currents_a, params));
    expect(peakOf(forward.up)).toMatchObject({ points: 251, peak_potential_v: -0.08 });
    // On the falling sweep the wave is at −0.12 V, outside.
    const other = reverse?.down;
    if (other !== undefined && "peak_potential_v" in other)
      expect(other.peak_potential_v).toBeGreaterThanOrEqual(-0.1);
  });
});

describe("a species in solution", () => {
  const potentials = cyclePotentials(-0.3, 0.3, 0.001);
  const currents = diffusingCv(potentials, 0.001);
  const params = { ...DEFAULT_CV_PARAMS, method: "tangent", sg_points: 5 } as const;
  const pair = onlyPair(analyseCv(potentials, currents, params, 0.1));

  it("has the forward peak of theory above the tangent", () => {
    const peak = peakOf(pair.forward.up);
    expect(peak.peak_height_a / 0.4463e-6).toBeCloseTo(1, 2);
    expect(peak.peak_potential_v).toBeCloseTo(0.0285, 2);
    expect(peak.flags).not.toContain("tangent-in-decay");
    expect(peak.baseline_at_peak_a).toBeCloseTo(0, 8);
  });

  it("says of the return sweep that its tangent rests on the forward decay", () => {
    expect(peakOf(pair.reverse?.down).flags).toContain("tangent-in-decay");
    expect(pair.height_ratio).not.toBeCloseTo(1, 1);
  });

  it.each([0.15, 0.2, 0.3])("turned at %f V still has a Nicholson ratio of 1", (turn_v) => {
    const sweep = cyclePotentials(-0.3, turn_v, 0.001);
    for (const sign of [1, -1]) {
      const measured = diffusingCv(sweep, 0.001, sign * 1e-6);
      const ratio = onlyPair(analyseCv(sweep, measured, params)).nicholson_ratio ?? Number.NaN;
      expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
    }
  });

  it("of which none comes back has a ratio far below 1 or none", () => {
    const half = potentials.length >> 1;
    // The product is gone: on the way back the current only decays.
    const gone = currents.map((current, i) =>
      i <= half ? current : (currents[half] ?? 0) / Math.sqrt(1 + (i - half) / 300),
    );
    expect(onlyPair(analyseCv(potentials, gone, params)).nicholson_ratio ?? 0).toBeLessThan(0.5);
  });

  it("takes a flat part chosen by hand, and says when there is none", () => {
    const chosen = { ...params, tangent_rising: [-0.3, -0.25] } as const;
    expect(peakOf(onlyPair(analyseCv(potentials, currents, chosen)).forward.up).kind).toBe("peak");
    const outside = { ...params, tangent_rising: [0.5, 0.6] } as const;
    expect(onlyPair(analyseCv(potentials, currents, outside)).forward.up).toEqual({
      kind: "no-peak",
      reason: "no-tangent",
      points: 601,
    });
  });
});

describe("turning points", () => {
  const potentials = cyclePotentials(-0.5, 0, 0.001);
  const rising = potentials.slice(0, 501);
  const edge = { centre_v: -0.49, height_a: 3e-6, width_v: 0.012 };
  const inner = { centre_v: -0.25, height_a: 1e-6, width_v: 0.08 };
  const waves = (...list: (typeof edge)[]) => voltammogram(rising, list, { noise_a: 1e-9 });
  const peakAmong = (currents: Float64Array, avoid_turning_points = true) =>
    peakOf(
      onlyPair(analyseCv(rising, currents, { ...DEFAULT_CV_PARAMS, sg_points: 5, avoid_turning_points }))
        .forward.up,
    );

  it("a peak beside one yields to a wave that is not", () => {
    expect(peakAmong(waves(edge, inner)).peak_potential_v).toBeCloseTo(-0.25, 2);
    expect(peakAmong(waves(edge, inner)).flags).not.toContain("near-turning-point");
    expect(peakAmong(waves(edge, inner), false).peak_potential_v).toBeCloseTo(-0.49, 2);
  });

  it("a peak beside one is kept, and flagged, when there is no other wave but ripples", () => {
    expect(peakAmong(waves(edge)).peak_potential_v).toBeCloseTo(-0.49, 2);
    expect(peakAmong(waves(edge)).flags).toContain("near-turning-point");
  });
});

describe("several cycles", () => {
  const potentials = cyclePotentials(-0.5, 0.1, 0.002, 3);
  const normal = seededNormal(3);
  const currents = potentials.map(
    (potential) => 1e-6 * Math.exp(-(((potential + 0.2) / 0.05) ** 2)) + 1e-9 * normal(),
  );

  it("are pairs of segments, all of them or those that were chosen", () => {
    const numbers = (pairs: readonly CvPair[]) =>
      pairs.map(({ forward, reverse }) => [forward.number, reverse?.number ?? null]);
    expect(numbers(analyseCv(potentials, currents, DEFAULT_CV_PARAMS).pairs)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const chosen = { ...DEFAULT_CV_PARAMS, pairs: [2, 6, 9] };
    expect(numbers(analyseCv(potentials, currents, chosen).pairs)).toEqual([
      [2, 3],
      [6, null],
    ]);
  });

  it("a linear sweep is one segment without a partner", () => {
    const result = analyseCv(potentials.slice(0, 301), currents.slice(0, 301), DEFAULT_CV_PARAMS);
    expect(result.segments).toBe(1);
    expect(result.pairs).toMatchObject([{ reverse: null, peak_separation_v: null, height_ratio: null }]);
    expect(peakOf(result.pairs[0]?.forward.up).peak_potential_v).toBeCloseTo(-0.2, 2);
  });

  it("an empty scan has none", () => {
    const none = new Float64Array(0);
    expect(analyseCv(none, none, DEFAULT_CV_PARAMS)).toMatchObject({ segments: 0, pairs: [] });
  });
});

describe("probes and smoothing", () => {
  it("the current at a probe lies on the line between the samples beside it, and nowhere outside", () => {
    const potentials = Float64Array.from({ length: 30 }, (_, i) => i / 10);
    const currents = potentials.map((potential) => potential ** 2);
    const params = { ...DEFAULT_CV_PARAMS, sg_points: 1, probes_v: [0.25, 0.3, 2.9, 3] };
    const probes = onlyPair(analyseCv(potentials, currents, params)).forward.probes_a;
    expect(probes.map((current) => current?.toFixed(4) ?? null)).toEqual([
      "0.0650",
      "0.0900",
      "8.4100",
      null,
    ]);
  });

  it("are read off the smoothed curve of the whole segment, window or not", () => {
    const params = { ...DEFAULT_CV_PARAMS, window: [-0.35, 0] as const, probes_v: [0.05] };
    const [probe] = onlyPair(analyseCv(golden.potentials_v, golden.currents_a, params)).forward.probes_a;
    // The desktop program reads 0.21071 µA there, with 3 points of smoothing.
    expect((probe ?? 0) / 1e-6).toBeCloseTo(0.21071, 2);
  });

  it("a smoothing window in volts holds so many steps", () => {
    const points = (sg_window_v: number) =>
      peakOf(
        onlyPair(analyseCv(golden.potentials_v, golden.currents_a, { ...DEFAULT_CV_PARAMS, sg_window_v }))
          .forward.up,
      ).sg_points;
    // Steps of 2 mV; an even count grows by one.
    expect([0.001, 0.01, 0.012, 0.022].map(points)).toEqual([1, 5, 7, 11]);
  });
});

describe("for any wave", () => {
  const waves = fc.record({
    centre_v: fc.double({ min: -0.3, max: -0.1, noNaN: true }),
    height_a: fc.double({ min: 1e-8, max: 1e-5, noNaN: true }),
    offset: fc.double({ min: -5, max: 5, noNaN: true }),
    slope: fc.double({ min: -5, max: 5, noNaN: true }),
    factor: fc.double({ min: 1e-4, max: 1e4, noNaN: true }),
    method: fc.constantFrom("hull" as const, "tangent" as const),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
  });

  it("scaling scales heights; a line changes no height, potential or area; a mirror negates", () => {
    const potentials = cyclePotentials(-0.5, 0.1, 0.002).slice(0, 301);
    fc.assert(
      fc.property(waves, ({ centre_v, height_a, offset, slope, factor, method, seed }) => {
        const params = { ...DEFAULT_CV_PARAMS, method };
        const currents = voltammogram(potentials, [{ centre_v, height_a, width_v: 0.08 }], {
          noise_a: 0.003 * height_a,
          seed,
        });
        const find = (values: Float64Array) => onlyPair(analyseCv(potentials, values, params)).forward;
        const peak = peakOf(find(currents).up);
        const scaled = peakOf(find(currents.map((current) => factor * current)).up);
        expectClose(scaled.peak_height_a, factor * peak.peak_height_a);
        const lifted = currents.map(
          (current, i) => current + height_a * (offset + slope * (potentials[i] ?? 0)),
        );
        const onLine = peakOf(find(lifted).up);
        expectClose(onLine.peak_height_a, peak.peak_height_a);
        expectClose(onLine.peak_area_av, peak.peak_area_av);
        expect(onLine.peak_potential_v).toBe(peak.peak_potential_v);
        const mirrored = peakOf(find(currents.map((current) => -current)).down);
        expect(mirrored.peak_height_a).toBe(-peak.peak_height_a);
        expect(mirrored.peak_area_av).toBe(peak.peak_area_av);
      }),
      { seed: 11, numRuns: 60 },
    );
  });
});

function onlyPair(result: { readonly pairs: readonly CvPair[] }): CvPair {
  const [pair, ...more] = result.pairs;
  if (pair === undefined || more.length > 0) throw new Error(`${result.pairs.length} pairs`);
  return pair;
}

function peakOf(outcome: CvPeakOutcome | undefined) {
  if (outcome?.kind !== "peak") throw new Error(`no peak: ${outcome?.reason}`);
  return outcome;
}

function expectClose(found: number, wanted: number): void {
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted));
}
