import { describe, expect, it } from "vitest";
import {
  analyseDesktopCv,
  DEFAULT_DESKTOP_CV_PARAMS,
  desktopCurves,
} from "../../../shared/electrochem/cv-desktop.ts";
import { splitSegments } from "../../../shared/electrochem/cv-segments.ts";
import { expectPrinted } from "./printed.ts";
import { goldenCv } from "./synthetic-cv.ts";

const inner = { window: [-0.35, 0.15] } as const;

describe("CV numbers of the desktop program", () => {
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
