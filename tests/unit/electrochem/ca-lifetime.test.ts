import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DEFAULT_LIFETIME_PARAMS,
  fitLifetime,
  type LifetimeFit,
  type LifetimeParams,
} from "../../../shared/electrochem/ca-lifetime.ts";
import { seededNormal } from "./synthetic-scan.ts";

function whiteNoise(count: number, seed: number): Float64Array {
  const normal = seededNormal(seed);
  return Float64Array.from({ length: count }, normal);
}

type Term = readonly [amplitude: number, lifetime: number];

function decay(terms: readonly Term[], background: number, count = 200, step = 0.01) {
  const times = Float64Array.from({ length: count }, (_, i) => (i + 1) * step);
  const currents = times.map((time) =>
    terms.reduce((sum, [amplitude, lifetime]) => sum + amplitude * Math.exp(-time / lifetime), background),
  );
  return { times, currents };
}

function fitted(
  times: Float64Array,
  currents: Float64Array,
  more: Partial<LifetimeParams> = {},
): LifetimeFit {
  const outcome = fitLifetime(times, currents, { ...DEFAULT_LIFETIME_PARAMS, ...more });
  if (outcome.kind !== "fitted") throw new Error(`no fit: ${outcome.reason}`);
  return outcome;
}

describe("the lifetime of a decay", () => {
  it("is 1/k, and its half-life ln 2/k: the time in which half is gone", () => {
    // By hand: 1 µA at time zero, halved every second.
    const { times, currents } = decay([[1e-6, 1 / Math.LN2]], 0, 100, 0.05);
    expect(currents[19]).toBeCloseTo(0.5e-6, 15);
    const { terms, background_a, r_squared } = fitted(times, currents);
    expect(terms[0]?.half_life_s).toBeCloseTo(1, 9);
    expect(terms[0]?.lifetime_s).toBeCloseTo(Math.LOG2E, 9);
    expect(terms[0]?.amplitude_a).toBeCloseTo(1e-6, 15);
    expect(Math.abs(background_a)).toBeLessThan(1e-15);
    expect(r_squared).toBeCloseTo(1, 12);
  });

  it("is found to 1e-7 without noise, whatever its size, sign and background", () => {
    const size = fc.double({ min: -9, max: -3, noNaN: true });
    const lifetime = fc.double({ min: 0.03, max: 1.5, noNaN: true });
    fc.assert(
      fc.property(
        size,
        lifetime,
        fc.boolean(),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (log, tau, up, share) => {
          const amplitude = (up ? 1 : -1) * 10 ** log;
          const { times, currents } = decay([[amplitude, tau]], share * amplitude);
          const { terms, background_a } = fitted(times, currents);
          expect(Math.abs((terms[0]?.lifetime_s ?? 0) / tau - 1)).toBeLessThan(1e-7);
          expect(Math.abs((terms[0]?.amplitude_a ?? 0) / amplitude - 1)).toBeLessThan(1e-7);
          expect(Math.abs(background_a - share * amplitude)).toBeLessThan(1e-6 * Math.abs(amplitude));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("does not change with the scale of the current, nor with a constant added to it", () => {
    const { times, currents } = decay([[2e-6, 0.3]], 1e-7);
    const noisy = currents.map((current, i) => current + 2e-8 * (whiteNoise(200, 5)[i] ?? 0));
    const plain = fitted(times, noisy).terms[0]?.lifetime_s ?? 0;
    const changed =
      fitted(
        times,
        noisy.map((current) => 1e3 * current + 4e-4),
      ).terms[0]?.lifetime_s ?? 0;
    expect(Math.abs(changed / plain - 1)).toBeLessThan(1e-7);
  });

  it("stays within a few per cent under noise of 2 % of the amplitude", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { times, currents } = decay([[1e-6, 0.4]], 2e-7);
      const noise = whiteNoise(200, seed);
      const noisy = currents.map((current, i) => current + 2e-8 * (noise[i] ?? 0));
      const { terms, residual_sd_a } = fitted(times, noisy);
      expect(Math.abs((terms[0]?.lifetime_s ?? 0) / 0.4 - 1)).toBeLessThan(0.08);
      expect(residual_sd_a).toBeGreaterThan(1.5e-8);
      expect(residual_sd_a).toBeLessThan(2.5e-8);
    }
  });

  it("comes apart into two, the faster one first", () => {
    const { times, currents } = decay(
      [
        [1e-6, 0.6],
        [3e-6, 0.05],
      ],
      5e-8,
      400,
    );
    const { terms } = fitted(times, currents, { model: "bi" });
    expect(terms.map(({ lifetime_s }) => lifetime_s)).toEqual([
      expect.closeTo(0.05, 6),
      expect.closeTo(0.6, 5),
    ]);
    expect(terms.map(({ amplitude_a }) => amplitude_a * 1e6)).toEqual([
      expect.closeTo(3, 5),
      expect.closeTo(1, 5),
    ]);
  });

  it("with the background held as SACMES does, takes the 20th current from the end", () => {
    const { times, currents } = decay(
      [
        [1e-6, 0.3],
        [3e-6, 0.03],
      ],
      5e-8,
      400,
    );
    const { background_a } = fitted(times, currents, { model: "bi", background: "sacmes" });
    expect(background_a).toBe(currents[380]);
  });

  it("is asked for in a window, and time zero and before it never count", () => {
    const { times, currents } = decay([[1e-6, 0.2]], 0);
    const early = Float64Array.from([-0.02, -0.01, 0, ...times]);
    const wild = Float64Array.from([9, 9, 9, ...currents]);
    expect(fitted(early, wild).points).toBe(200);
    expect(fitted(early, wild, { fit_window_s: [0.1, 0.5] }).points).toBe(41);
  });
});

describe("no lifetime", () => {
  it("where too few samples are", () => {
    const { times, currents } = decay([[1e-6, 0.01]], 0, 5);
    expect(fitLifetime(times, currents, DEFAULT_LIFETIME_PARAMS)).toMatchObject({ reason: "too-few-points" });
  });

  it.each([
    ["a level current", () => 1e-6],
    ["a straight line", (time: number) => 1e-6 - 1e-7 * time],
    ["nothing at all", () => 0],
  ])("in %s", (_, current) => {
    const times = Float64Array.from({ length: 100 }, (_, i) => (i + 1) * 0.01);
    expect(fitLifetime(times, times.map(current), DEFAULT_LIFETIME_PARAMS)).toMatchObject({
      reason: "no-decay",
    });
  });

  it("in white noise, but for one time in a hundred", { timeout: 60_000 }, () => {
    const times = Float64Array.from({ length: 100 }, (_, i) => (i + 1) * 0.01);
    const runs = 300;
    let found = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const { kind } = fitLifetime(times, whiteNoise(100, seed), DEFAULT_LIFETIME_PARAMS);
      if (kind === "fitted") found++;
    }
    expect(found).toBeLessThanOrEqual(runs / 100);
  });

  it("of a second exponential where one explains the samples", () => {
    const { times, currents } = decay([[1e-6, 0.3]], 1e-7);
    const noise = whiteNoise(200, 3);
    const noisy = currents.map((current, i) => current + 1e-8 * (noise[i] ?? 0));
    const params = { ...DEFAULT_LIFETIME_PARAMS, model: "bi" } as const;
    expect(fitLifetime(times, noisy, params)).toMatchObject({ kind: "no-fit", reason: "no-decay" });
  });

  it("and never an exception, whatever the numbers", () => {
    const numbers = fc.array(fc.double({ min: -1e3, max: 1e3 }), { maxLength: 30 });
    fc.assert(
      fc.property(
        numbers,
        numbers,
        fc.constantFrom("mono" as const, "bi" as const),
        (times, currents, model) => {
          const length = Math.min(times.length, currents.length);
          const take = (values: number[]) => Float64Array.from(values.slice(0, length));
          fitLifetime(take(times), take(currents), { ...DEFAULT_LIFETIME_PARAMS, model });
        },
      ),
    );
  });
});
