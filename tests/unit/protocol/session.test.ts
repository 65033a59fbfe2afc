import { describe, expect, it } from "vitest";
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
});
