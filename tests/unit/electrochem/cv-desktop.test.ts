import { describe, expect, it } from "vitest";
import {
  analyseDesktopCv,
  DEFAULT_DESKTOP_CV_PARAMS,
  type DesktopCvParams,
  type DesktopSweep,
  desktopCurves,
} from "../../../shared/electrochem/cv-desktop.ts";
import { splitSegments } from "../../../shared/electrochem/cv-segments.ts";
import { expectPrinted } from "./printed.ts";
import { goldenCv } from "./synthetic-cv.ts";

interface Row {
  readonly electrode?: 2;
  readonly params?: Partial<DesktopCvParams>;
  readonly sg: number | null;
  /** µA and µC as the parity table prints them. */
  readonly forward: readonly [height: string, charge: string];
  readonly reverse: readonly [height: string, charge: string];
}

const inner = { window: [-0.35, 0.15] } as const;
const TABLE: Record<string, Row> = {
  "whole range": {
    sg: 3,
    forward: ["1.06879824561", "1.331519"],
    reverse: ["1.06764066667", "1.55105646667"],
  },
  "electrode 2": {
    electrode: 2,
    sg: 3,
    forward: ["2.06713157895", "2.131512"],
    reverse: ["2.06912265517", "2.36324336667"],
  },
  "−0.35 to 0.15 V": {
    params: inner,
    sg: 3,
    forward: ["0.997291996779", "0.796095664412"],
    reverse: ["0.99697906793", "0.797258600632"],
  },
  "the same in solution": {
    params: { ...inner, mass_transport: "solution" },
    sg: 3,
    forward: ["0.984535833333", "0.763430275"],
    reverse: ["0.978726190476", "0.752213628571"],
  },
  "smoothed over 10 mV": {
    params: { ...inner, sg_window_mv: 10 },
    sg: 11,
    forward: ["0.974722829706", "0.796232031242"],
    reverse: ["0.974360547178", "0.795599450668"],
  },
  "not smoothed": {
    params: { ...inner, sg_window_mv: null },
    sg: null,
    forward: ["0.999583961353", "0.798120299517"],
    reverse: ["0.998049565217", "0.797370795169"],
  },
};

describe("CV numbers of the desktop program", () => {
  it.each(Object.entries(TABLE))("%s", (_name, row) => {
    const { potentials_v, currents_a } = goldenCv(row.electrode ?? 1);
    const params = { ...DEFAULT_DESKTOP_CV_PARAMS, ...row.params };
    const found = analyseDesktopCv(potentials_v, currents_a, params, 0.1);
    expect(found).toMatchObject({ segments: 2, sg_points: row.sg, scan_rate_v_s: 0.1 });
    expectSweep(found.forward, row.forward, -0.08);
    expectSweep(found.reverse, row.reverse, -0.12);
    expect(found.peak_separation_v).toBeCloseTo(0.04, 12);
  });

  it("the probe is the nearest sample of the whole segment", () => {
    const { potentials_v, currents_a } = goldenCv(1);
    const params = { ...DEFAULT_DESKTOP_CV_PARAMS, ...inner, probes_v: [0.05, 0.0509, 0.3] };
    const probes = analyseDesktopCv(potentials_v, currents_a, params).forward?.probes_a ?? [];
    expectPrinted((probes[0] ?? 0) * 1e6, "0.21071");
    expect(probes[1]).toBe(probes[0]);
    expect(probes[2]).toBeGreaterThan(0);
  });

  it("with the other sign are the same, and the directions are turned", () => {
    const { potentials_v, currents_a } = goldenCv(1);
    const asMeasured = analyseDesktopCv(potentials_v, currents_a, DEFAULT_DESKTOP_CV_PARAMS, 0.1);
    const negative = currents_a.map((current) => -current);
    const turned = analyseDesktopCv(potentials_v, negative, DEFAULT_DESKTOP_CV_PARAMS, 0.1);
    expect([turned.forward?.direction, turned.reverse?.direction]).toEqual(["down", "up"]);
    expect(turned.forward?.peak).toEqual(asMeasured.forward?.peak);
  });

  it.each(["surface", "solution"] as const)("stand on the line that is drawn (%s)", (mass_transport) => {
    const { potentials_v, currents_a } = goldenCv(1);
    const params = { ...DEFAULT_DESKTOP_CV_PARAMS, mass_transport };
    const found = analyseDesktopCv(potentials_v, currents_a, params);
    const { smoothed_a, baseline_a } = desktopCurves(potentials_v, currents_a, params, found);
    const segments = splitSegments(potentials_v);
    for (const [index, sweep] of [found.forward, found.reverse].entries()) {
      const { from = 0, to = 0 } = segments[index] ?? {};
      if (sweep?.peak.kind !== "peak") throw new Error("A peak is missing.");
      const { peak_potential_v, peak_height_a } = sweep.peak;
      const at = potentials_v.findIndex((e, i) => i >= from && i < to && e === peak_potential_v);
      expect(Math.abs((smoothed_a[at] ?? 0) - (baseline_a[at] ?? 0))).toBe(peak_height_a);
    }
  });

  it("say when a flank lies at the window's edge, where the turn itself may be the flank", () => {
    const { potentials_v, currents_a } = goldenCv(1);
    const found = analyseDesktopCv(potentials_v, currents_a, DEFAULT_DESKTOP_CV_PARAMS);
    expect(found.reverse?.peak).toMatchObject({ kind: "peak", charge_c: null, flank_at_edge: true });
  });

  it("of a scan without that segment, or without samples, are none", () => {
    const { potentials_v, currents_a } = goldenCv(1);
    const third = { ...DEFAULT_DESKTOP_CV_PARAMS, reverse_segment: 3 };
    expect(analyseDesktopCv(potentials_v, currents_a, third)).toMatchObject({
      reverse: null,
      peak_separation_v: null,
    });
    const none = new Float64Array(0);
    expect(analyseDesktopCv(none, none, DEFAULT_DESKTOP_CV_PARAMS)).toMatchObject({
      segments: 0,
      forward: null,
    });
    const narrow = { ...DEFAULT_DESKTOP_CV_PARAMS, window: [-0.0805, -0.0795] as const };
    expect(analyseDesktopCv(potentials_v, currents_a, narrow).forward?.peak).toEqual({
      kind: "no-peak",
      reason: "too-few-points",
    });
  });
});

function expectSweep(
  sweep: DesktopSweep | null,
  [height, charge]: readonly [string, string],
  potential_v: number,
): void {
  if (sweep?.peak.kind !== "peak") throw new Error(`no peak: ${sweep?.peak.reason}`);
  expectPrinted(sweep.peak.peak_height_a * 1e6, height);
  expectPrinted((sweep.peak.charge_c ?? 0) * 1e6, charge);
  expect(sweep.peak.peak_potential_v).toBe(potential_v);
}
