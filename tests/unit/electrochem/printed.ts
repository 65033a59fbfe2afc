import { expect } from "vitest";

/** Equal to the last printed digit. */
export function expectPrinted(found: number, printed: string): void {
  const digits = printed.replace(/e.*|\D/g, "").replace(/^0+/, "").length;
  const tolerance = 0.51 * 10 ** (Math.floor(Math.log10(Math.abs(Number(printed)))) + 1 - digits);
  expect(Math.abs(found - Number(printed)), `${found}, printed ${printed}`).toBeLessThanOrEqual(tolerance);
}
