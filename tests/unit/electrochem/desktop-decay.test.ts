import { describe, expect, it } from "vitest";
import {
  DEFAULT_LIFETIME_PARAMS,
  fitLifetime,
  type LifetimeFit,
} from "../../../shared/electrochem/ca-lifetime.ts";
import { seededNormal } from "./synthetic-scan.ts";

const DESKTOP = { ...DEFAULT_LIFETIME_PARAMS, model: "bi", background: "sacmes" } as const;

type Four = readonly [a: number, k1: number, b: number, k2: number];

/** Two exponentials over a level that has not been reached at the end, with noise: µA, s. */
function decay(seed: number, sign = 1) {
  const normal = seededNormal(seed);
  const times = Float64Array.from({ length: 161 }, (_, i) => (i + 1) * 0.01);
  const currents = times.map(
    (t) => sign * 1e-6 * (4 * Math.exp(-t / 0.08) + 1.5 * Math.exp(-t / 0.7) + 0.3 + 0.002 * normal()),
  );
  return { times, currents };
}

/** SACMES.md §6, word by word, in µA: rectify, split, start values, e held, least squares over a, k₁, b, k₂. */
function byTheBook(times: Float64Array, currents: Float64Array): { four: Four; e: number } {
  const all = Array.from(times, (t, i) => ({ t, i: Math.abs(currents[i] ?? 0) * 1e6 }));
  const half = Math.ceil(all.length / 2);
  const start = (list: typeof all) => {
    const a = list[5]?.i ?? 0;
    const c = list[list.length - 20]?.i ?? 0;
    const nearest = list.reduce((best, one) =>
      Math.abs(one.i - 0.33 * a) < Math.abs(best.i - 0.33 * a) ? one : best,
    );
    const k = Math.log(a / (nearest.i - c)) / nearest.t;
    return { a, c, k: Number.isFinite(k) ? k : (Math.log(a) - Math.log(nearest.i)) / nearest.t };
  };
  const [first, second] = [start(all.slice(0, half)), start(all.slice(half))];
  const e = second.c;
  const rest = ([a, k1, b, k2]: Four) =>
    all.map(({ t, i }) => i - a * Math.exp(-k1 * t) - b * Math.exp(-k2 * t) - e);
  let four: Four = [first.a, first.k, second.a, second.k];
  let damping = 1e-3;
  const squares = (at: Four) => rest(at).reduce((sum, r) => sum + r * r, 0);
  for (let step = 0; step < 500; step++) {
    const change = solve(four, rest(four), all, damping);
    const next = four.map((value, k) => value + (change[k] ?? 0)) as unknown as Four; // as long as `four`
    if (squares(next) < squares(four)) [four, damping] = [next, damping / 10];
    else damping *= 10;
  }
  return { four, e };
}

/** One Levenberg–Marquardt step by the normal equations. */
function solve([a, k1, b, k2]: Four, rest: number[], all: { t: number }[], damping: number): number[] {
  const rows = all.map(({ t }) => {
    const [one, two] = [Math.exp(-k1 * t), Math.exp(-k2 * t)];
    return [one, -a * t * one, two, -b * t * two];
  });
  const cell = (p: number, q: number) => rows.reduce((sum, row) => sum + (row[p] ?? 0) * (row[q] ?? 0), 0);
  const matrix = [0, 1, 2, 3].map((p) => [
    ...[0, 1, 2, 3].map((q) => cell(p, q) * (p === q ? 1 + damping : 1)),
    rows.reduce((sum, row, i) => sum + (row[p] ?? 0) * (rest[i] ?? 0), 0),
  ]);
  for (let p = 0; p < 4; p++) {
    const pivot = matrix[p] ?? [];
    for (let r = 0; r < 4; r++) {
      const row = matrix[r] ?? [];
      const factor = (row[p] ?? 0) / (pivot[p] ?? 1);
      if (r !== p) for (let c = 0; c < 5; c++) row[c] = (row[c] ?? 0) - factor * (pivot[c] ?? 0);
    }
  }
  return matrix.map((row, p) => (row[4] ?? 0) / (row[p] ?? 1));
}

function fitted(times: Float64Array, currents: Float64Array): LifetimeFit {
  const outcome = fitLifetime(times, currents, DESKTOP);
  if (outcome.kind !== "fitted") throw new Error(outcome.reason);
  return outcome;
}

describe("two exponentials as the desktop program fits them", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("have the numbers of its formulas (noise %i)", (seed) => {
    const { times, currents } = decay(seed);
    const { four, e } = byTheBook(times, currents);
    const { terms, background_a } = fitted(times, currents);
    expect(background_a * 1e6).toBeCloseTo(e, 12);
    const [a, k1, b, k2] = four;
    const wanted = [
      [1 / k1, a],
      [1 / k2, b],
    ].toSorted(([one = 0], [other = 0]) => one - other);
    for (const [index, [lifetime = 0, amplitude = 0]] of wanted.entries()) {
      const term = terms[index];
      expect(Math.abs((term?.lifetime_s ?? 0) / lifetime - 1)).toBeLessThan(1e-6);
      expect(Math.abs(((term?.amplitude_a ?? 0) * 1e6) / amplitude - 1)).toBeLessThan(1e-6);
    }
  });

  it("hold the 20th current from the end, though the curve still falls there", () => {
    const { times, currents } = decay(1);
    expect(fitted(times, currents).background_a).toBe(currents[141]);
  });

  it("of a cathodic current are the same, with its sign", () => {
    const { times, currents } = decay(2);
    const [up, down] = [
      fitted(times, currents),
      fitted(
        times,
        currents.map((current) => -current),
      ),
    ];
    expect(down.terms.map(({ lifetime_s }) => lifetime_s)).toEqual(up.terms.map((one) => one.lifetime_s));
    expect(down.terms.map(({ amplitude_a }) => amplitude_a)).toEqual(up.terms.map((one) => -one.amplitude_a));
    expect(down.background_a).toBe(-up.background_a);
  });

  it("need 20 samples in each half", () => {
    const { times, currents } = decay(3);
    const first = (count: number) =>
      fitLifetime(times.subarray(0, count), currents.subarray(0, count), DESKTOP);
    expect(first(39)).toEqual({ kind: "no-fit", reason: "too-few-points", points: 39 });
    expect(first(40).kind === "no-fit" && first(40)).not.toMatchObject({ reason: "too-few-points" });
  });

  it("do not ask whether one exponential would do, but a level current is no decay", () => {
    const normal = seededNormal(4);
    const { times } = decay(4);
    const single = times.map((t) => 1e-6 * (Math.exp(-t / 0.3) + 0.1 + 0.01 * normal()));
    expect(fitLifetime(times, single, DESKTOP).kind).toBe("fitted");
    expect(fitLifetime(times, single, { ...DESKTOP, background: "fitted" }).kind).toBe("no-fit");
    const level = times.map(() => 1e-6);
    expect(fitLifetime(times, level, DESKTOP)).toMatchObject({ reason: "no-decay" });
  });
});
