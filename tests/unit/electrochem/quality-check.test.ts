import { describe, expect, it } from "vitest";
import { checkQuality } from "../../../shared/electrochem/quality-check.ts";
import { smooth } from "../../../shared/electrochem/savitzky-golay.ts";
import { sweep, voltammogram } from "./synthetic-scan.ts";

describe("quality check of the smoothing", () => {
  const peak = { centre_v: -0.25, height_a: 1e-6, width_v: 0.05 };
  const raw = voltammogram(sweep(300), [peak], { noise_a: 2e-8 });

  it("passes a window that takes the noise and leaves the peak", () => {
    expect(checkQuality(raw, smooth(raw, 15, 2))).toBe("pass");
  });

  it("warns of a window that flattens the peak", () => {
    expect(checkQuality(raw, smooth(raw, 151, 2))).toBe("warning");
  });

  it("fails smoothing that takes the signal with the noise", () => {
    const alternating = Float64Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    expect(checkQuality(alternating, smooth(alternating, 21, 2))).toBe("fail");
  });

  it("warns when one ratio is good and one fair", () => {
    // Steps 0, 1, 0 … against the same shrunk by 8 %: noise 1.087 (fair), retention 0.92 (fair), residual 0.04 (good).
    const steps = Float64Array.from({ length: 40 }, (_, i) => i % 2);
    expect(
      checkQuality(
        steps,
        steps.map((value) => 0.92 * value),
      ),
    ).toBe("warning");
  });

  it("has a verdict for a curve without any signal", () => {
    expect(checkQuality(new Float64Array(10), new Float64Array(10))).toBe("pass");
  });
});
