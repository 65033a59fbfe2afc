import { describe, expect, it } from "vitest";
import { centralWeights, noiseGain, smooth } from "../../../shared/electrochem/savitzky-golay.ts";
import { seededNormal } from "./synthetic-scan.ts";

const CASES = [
  [1, 0],
  [3, 2],
  [5, 2],
  [7, 3],
  [9, 0],
  [11, 1],
  [15, 2],
  [15, 4],
  [25, 5],
  [87, 2],
] as const;

describe("Savitzky-Golay smoothing", () => {
  it.each(CASES)(
    "%i points, degree %i: each output is its window's least-squares polynomial",
    (points, degree) => {
      // An offset as large as a capacitive background, so that cancellation would show.
      for (const count of [points, points + 1, points + 2, points + 3, 200]) {
        const values = noisy(count, 5);
        expect(
          worstDeviation(smooth(values, points, degree), leastSquares(values, points, degree)),
        ).toBeLessThan(1e-13);
      }
    },
  );

  it("leaves a polynomial of its degree as it is, ends included", () => {
    const parabola = Float64Array.from({ length: 50 }, (_, i) => 3 - 0.2 * i + 0.01 * i * i);
    expect(worstDeviation(smooth(parabola, 11, 2), parabola)).toBeLessThan(1e-13);
  });

  it("has the weights of the textbook: 5 points, degree 2 is (−3 12 17 12 −3) / 35", () => {
    const textbook = Float64Array.from([-3, 12, 17, 12, -3], (weight) => weight / 35);
    expect(worstDeviation(centralWeights(5, 2), textbook)).toBeLessThan(1e-15);
  });

  it("has weights that are symmetric, sum to 1 and give the noise gain", () => {
    const weights = centralWeights(21, 2);
    expect(weights).toHaveLength(21);
    expect(weights.toReversed()).toEqual(weights);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 14);
    expect(noiseGain(21, 2)).toBeCloseTo(Math.hypot(...weights), 14);
  });

  it("returns a copy for a window of one point, and leaves its input alone", () => {
    const values = noisy(20, 0);
    const before = values.slice();
    const same = smooth(values, 1, 0);
    smooth(values, 9, 2);
    expect(same).toEqual(before);
    expect(same).not.toBe(values);
    expect(values).toEqual(before);
  });

  it("gives the same numbers after its coefficients were pushed out of the cache", () => {
    const values = noisy(400, 1);
    const before = smooth(values, 15, 2);
    for (let points = 17; points < 217; points += 2) smooth(values, points, 2);
    expect(smooth(values, 15, 2)).toEqual(before);
  });

  it("keeps a bad value inside its own window", () => {
    const values = noisy(100, 0);
    values[50] = Number.NaN;
    const smoothed = smooth(values, 11, 2);
    expect([...smoothed.keys()].filter((i) => Number.isNaN(smoothed[i]))).toEqual(
      Array.from({ length: 11 }, (_, i) => 45 + i),
    );
  });

  it.each([
    [4, 2, "an odd number of points"],
    [-3, 2, "an odd number of points"],
    [5.5, 2, "an odd number of points"],
    [Number.NaN, 2, "an odd number of points"],
    [5, 5, "degree from 0 to 4"],
    [5, -1, "degree from 0 to 4"],
    [5, 1.5, "degree from 0 to 4"],
    [21, 2, "needs as many samples, got 20"],
  ])("refuses %d points of degree %d: %s", (points, degree, message) => {
    expect(() => smooth(new Float64Array(20), points, degree)).toThrow(message);
  });
});

function noisy(count: number, offset: number): Float64Array {
  const normal = seededNormal(count);
  return Float64Array.from({ length: count }, () => offset + normal());
}

/** Largest difference relative to the largest value. */
function worstDeviation(a: Float64Array, b: Float64Array): number {
  const scale = b.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] ?? Number.NaN))), 0) / scale;
}

/** The definition, point by point: Householder QR on the powers of x centred and scaled to [−1, 1]. */
function leastSquares(values: Float64Array, points: number, degree: number): Float64Array {
  const reach = (points - 1) / 2;
  return values.map((_, k) => {
    const start = Math.min(Math.max(0, k - reach), values.length - points);
    const at = (i: number) => (i - start - reach) / Math.max(reach, 1);
    const rows = Array.from({ length: points }, (_, i) => {
      const x = at(start + i);
      return [...Array.from({ length: degree + 1 }, (_, power) => x ** power), values[start + i] ?? 0];
    });
    return solve(rows, degree + 1).reduce((sum, coefficient, power) => sum + coefficient * at(k) ** power, 0);
  });
}

/** Least-squares solution of rows [a1 … an, b]: reflect to upper triangular form, then substitute backwards. */
function solve(rows: number[][], unknowns: number): number[] {
  const cell = (i: number, j: number) => rows[i]?.[j] ?? Number.NaN;
  for (let column = 0; column < unknowns; column++) {
    const below = rows.slice(column).map((row) => row[column] ?? 0);
    const length = Math.hypot(...below);
    const mirror = below.map((value, i) => (i === 0 ? value + (value < 0 ? -length : length) : value));
    const norm = mirror.reduce((sum, value) => sum + value * value, 0);
    for (let j = column; j <= unknowns; j++) {
      const dot = mirror.reduce((sum, value, i) => sum + value * cell(column + i, j), 0);
      rows.slice(column).forEach((row, i) => {
        row[j] = (row[j] ?? 0) - ((2 * dot) / norm) * (mirror[i] ?? 0);
      });
    }
  }
  const solution: number[] = new Array(unknowns).fill(0);
  for (let i = unknowns - 1; i >= 0; i--) {
    let rest = cell(i, unknowns);
    for (let j = i + 1; j < unknowns; j++) rest -= cell(i, j) * (solution[j] ?? 0);
    solution[i] = rest / cell(i, i);
  }
  return solution;
}
