import { expect, it } from "vitest";
import { collect, peakDuring } from "./peak-memory.ts";

const MIB = 2 ** 20;

it.runIf(process.platform === "linux")("what was taken and given back while a file was read is seen", () => {
  const taken = () => {
    collect();
    return peakDuring(() => new Float64Array(12 * MIB).fill(1));
  };
  // Twice: the second time the high-water mark of the first must be forgotten.
  for (const { grown, held } of [taken(), taken()]) {
    expect(grown).toBeGreaterThan(80 * MIB);
    expect(held).toBeGreaterThan(grown);
  }
  expect(peakDuring(() => {}).grown).toBeLessThan(16 * MIB);
});
