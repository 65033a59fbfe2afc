import { expect, it } from "vitest";
import { collect, type Peak, peakDuring } from "./peak-memory.ts";

const MIB = 2 ** 20;

it.runIf(process.platform === "linux")("what was taken and given back while a file was read is seen", () => {
  const ENOUGH = 80 * MIB;
  // What was garbage before is given back by another thread, a moment later than it was collected, and hides as much
  // growth; but once only.
  const taken = (numbers: number, tries = 5): Peak => {
    collect();
    const peak = peakDuring(() => new Float64Array(numbers).fill(1));
    return peak.grown > ENOUGH || tries === 1 ? peak : taken(numbers, tries - 1);
  };
  // Twice: the second time the high-water mark of the first must be forgotten.
  for (const { grown, held } of [taken(12 * MIB), taken(24 * MIB)]) {
    expect(grown).toBeGreaterThan(ENOUGH);
    expect(held).toBeGreaterThan(grown);
  }
  expect(peakDuring(() => {}).grown).toBeLessThan(16 * MIB);
});
