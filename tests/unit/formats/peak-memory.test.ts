import { expect, it } from "vitest";
import { collect, peakDuring } from "./peak-memory.ts";

const MIB = 2 ** 20;

it.runIf(process.platform === "linux")("what was taken and given back while a file was read is seen", () => {
  const taken = (numbers: number) => {
    collect();
    return peakDuring(() => new Float64Array(numbers).fill(1));
  };
  // Twice: the second time the high-water mark of the first must be forgotten. What the first took may be given back
  // as late as within the second, and hides as much of it.
  for (const { grown, held } of [taken(12 * MIB), taken(24 * MIB)]) {
    expect(grown).toBeGreaterThan(80 * MIB);
    expect(held).toBeGreaterThan(grown);
  }
  expect(peakDuring(() => {}).grown).toBeLessThan(16 * MIB);
});
