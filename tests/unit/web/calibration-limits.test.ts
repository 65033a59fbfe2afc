import { expect, test } from "vitest";
import { calibrationLimits } from "../../../web/plots/calibration-limits.ts";

test.each([
  ["a blank of nothing", [0.0001, 0.32, 0.51, 0.62]],
  ["levels on both sides of zero", [-0.3, 0.2]],
  ["falling levels", [1, 0.8, 0.75]],
  ["currents", [4.1e-7, 5.2e-7]],
])("a calibration's axis ends close to its levels: %s", (_what, levels) => {
  const [low, high] = calibrationLimits(levels);
  const [least, most] = [Math.min(...levels), Math.max(...levels)];
  const span = most - least;
  expect(low).toBeLessThan(least - 0.03 * span);
  expect(low).toBeGreaterThan(least - 0.09 * span);
  expect(high).toBeGreaterThan(most + 0.03 * span);
  expect(high).toBeLessThan(most + 0.09 * span);
});

test("one level alone has room around it", () => {
  const [low, high] = calibrationLimits([0.4]);
  expect(low).toBeLessThan(0.4);
  expect(high).toBeGreaterThan(0.4);
});
