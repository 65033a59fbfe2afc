import { describe, expect, it } from "vitest";
import { DEFAULT_SWV_PARAMS, hullParamsFor } from "../../../shared/electrochem/swv.ts";

describe("SWV parameters of one scan", () => {
  const params = { ...DEFAULT_SWV_PARAMS, low_window: [-0.5, -0.1], high_window: [-0.4, 0] } as const;

  it("take the window of the frequency's band; the cutoff itself is low", () => {
    const windows = [5, 50, 50.1, 300].map((frequency) => hullParamsFor(params, frequency).window);
    expect(windows).toEqual([params.low_window, params.low_window, params.high_window, params.high_window]);
  });

  it("take the whole range when nobody told the frequency", () => {
    expect(hullParamsFor(params, undefined).window).toBeNull();
  });

  it("carry everything else over", () => {
    expect(hullParamsFor({ ...params, peak_window: [-0.3, -0.2], min_snr: 3 }, 10)).toEqual({
      direction: "auto",
      sg_points: "auto",
      sg_degree: 2,
      skip_start: 1,
      min_snr: 3,
      window: [-0.5, -0.1],
      peak_window: [-0.3, -0.2],
    });
  });
});
