import { describe, expect, it } from "vitest";
import { defaultParams, StoredParams } from "../../../shared/protocol/analysis-params.ts";
import { HullPulseParams } from "../../../shared/protocol/pulse-params.ts";

describe("the parameters of an analysis", () => {
  it.each([Buffer.alloc(5, 1), new Float64Array(2), "-0.4,-0.2", [1], [0.2, -0.2], { 0: -0.4, 1: -0.2 }])(
    "refuse %o as a window, and do not throw",
    (peak_window) => {
      expect(HullPulseParams.safeParse({ peak_window })).toMatchObject({ success: false });
    },
  );

  it("take a window of two potentials in their order", () => {
    expect(HullPulseParams.parse({ peak_window: [-0.4, -0.2] }).peak_window).toEqual([-0.4, -0.2]);
  });

  it("as they were stored before the fit could be chosen are those of the stable fit", () => {
    const { table } = defaultParams("swv");
    const stored = {
      ...{ method: "classic", sg_window_mv: 5, sg_degree: 1, poly_degree: 15, legacy_zero_trim: true },
      ...{ cutoff_hz: 50, low_window: null, high_window: [-0.5, -0.2], table },
    };
    expect(StoredParams.parse(stored)).toEqual({ ...stored, fit: "stable" });
    expect(StoredParams.parse({ ...stored, fit: "legacy" })).toEqual({ ...stored, fit: "legacy" });
    expect(StoredParams.safeParse({ ...stored, fit: "least-squares" }).success).toBe(false);
  });
});
