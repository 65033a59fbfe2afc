import { describe, expect, test } from "vitest";
import { pairsOfRows, secondOf } from "../../../shared/analysis/pairs-of-rows.ts";
import { BaselineSweepParams, DesktopSweepParams } from "../../../shared/protocol/sweep-params.ts";

/** One row of a sweep: rising or falling, its peak up or down. */
function row(segment: number, sweep: 1 | -1, direction: 1 | -1, peak_potential_v: number) {
  return {
    segment,
    sweep,
    direction,
    peak_potential_v,
    peak_height_a: direction * 2e-6,
    peak_current_a: 0,
    turn_current_a: 1e-7,
  };
}
const always = () => true;

describe("pairs of sweeps", () => {
  const cycle = [row(1, 1, 1, 0.3), row(1, 1, -1, 0.9), row(2, -1, 1, 0.8), row(2, -1, -1, 0.2)];

  test("are of the peaks of oxidation and reduction, the other way round in inverted electrodes", () => {
    const params = BaselineSweepParams.parse({ method: "hull", anodic: "up", inverted_electrodes: [2] });
    const potentials = (electrode: number) =>
      pairsOfRows(cycle, electrode, params, always).map(({ forward, reverse }) => [
        forward?.peak_potential_v,
        reverse?.peak_potential_v,
      ]);
    expect(potentials(1)).toEqual([[0.3, 0.2]]);
    expect(potentials(2)).toEqual([[0.9, 0.8]]);
  });

  test("wait until the direction is chosen", () => {
    const params = BaselineSweepParams.parse({ method: "hull", anodic: "auto" });
    expect(pairsOfRows(cycle, 1, params, always)).toEqual([]);
  });

  test("of the desktop method are of the two segments that were asked for, in every electrode", () => {
    const params = DesktopSweepParams.parse({
      method: "desktop",
      forward_direction: "up",
      inverted_electrodes: [2],
      forward_segment: 3,
      reverse_segment: 2,
    });
    // The forward peak of an inverted electrode points down; a forward sweep may fall.
    for (const points of [1, -1] as const)
      for (const sweep of [1, -1] as const) {
        const rows = [row(3, sweep, points, 0.3), row(2, sweep === 1 ? -1 : 1, points === 1 ? -1 : 1, 0.2)];
        const [pair, ...more] = pairsOfRows(rows, points === 1 ? 1 : 2, params, always);
        expect(more).toEqual([]);
        expect([pair?.segment, pair?.forward, pair?.reverse]).toEqual([3, rows[0], rows[1]]);
        expect(Math.abs(pair?.peak_separation_v ?? 0)).toBeCloseTo(0.1, 12);
      }
    expect(secondOf(3, params)).toBe(2);
  });
});
