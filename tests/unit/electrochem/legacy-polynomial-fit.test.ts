import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { legacyPolynomialFit } from "../../../shared/electrochem/legacy-polynomial-fit.ts";
import { polynomialFit } from "../../../shared/electrochem/polynomial-fit.ts";

const potentials = (samples: number, centre_v: number, width_v: number) =>
  Float64Array.from({ length: samples }, (_, k) => centre_v + width_v * (k / (samples - 1) - 0.5));
const height = (curve: Float64Array) => Math.max(...curve) - Math.min(...curve);

/** A wave on a slope with a ripple, in A, within a window of the usual place and width. */
const arbitraryScan = fc
  .record({
    samples: fc.integer({ min: 40, max: 600 }),
    centre_v: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
    width_v: fc.double({ min: 0.3, max: 1.5, noNaN: true }),
    at: fc.double({ min: -0.4, max: 0.4, noNaN: true }),
    slope: fc.double({ min: -3, max: 3, noNaN: true }),
    falls: fc.boolean(),
  })
  .map(({ samples, centre_v, width_v, at, slope, falls }) => {
    const x = potentials(samples, centre_v, falls ? -width_v : width_v);
    const y = x.map((potential, k) => {
      const place = (potential - centre_v) / width_v;
      return 1e-6 * (Math.cosh((place - at) * 10) ** -2 + slope * place + 0.01 * Math.sin(1.7 * k));
    });
    return { x, y };
  });

describe("the desktop program's fit", () => {
  it("is the least-squares polynomial where the powers are far from dependent", () => {
    fc.assert(
      fc.property(arbitraryScan, fc.integer({ min: 1, max: 5 }), ({ x, y }, degree) => {
        const stable = polynomialFit(x, y, degree);
        const legacy = legacyPolynomialFit(x, y, degree);
        const size = height(y);
        for (const [i, value] of legacy.entries()) {
          expect(Math.abs(value - (stable[i] ?? 0)) / size).toBeLessThan(1e-6);
        }
      }),
    );
  });

  it("is proportional to the currents, and the same read in any order", () => {
    fc.assert(
      fc.property(arbitraryScan, ({ x, y }) => {
        const found = height(legacyPolynomialFit(x, y, 5));
        expect(
          height(
            legacyPolynomialFit(
              x,
              y.map((current) => -1000 * current),
              5,
            ),
          ) /
            (1000 * found),
        ).toBeCloseTo(1, 6);
        expect(height(legacyPolynomialFit(x.slice().reverse(), y.slice().reverse(), 5)) / found).toBeCloseTo(
          1,
          6,
        );
      }),
    );
  });

  it("loses ranks far from 0 V, and so depends on where the potentials stand: that is the program's own", () => {
    const moved = (offset_v: number) => {
      const x = potentials(301, -0.35 + offset_v, 0.3);
      const y = x.map((potential) => Math.cosh((potential - offset_v + 0.35) / 0.05) ** -2);
      return { stable: height(polynomialFit(x, y, 15)), legacy: height(legacyPolynomialFit(x, y, 15)) };
    };
    const [usual, centred] = [moved(0), moved(0.35)];
    expect(usual.stable / centred.stable).toBeCloseTo(1, 9);
    expect(Math.abs(usual.legacy / usual.stable - 1)).toBeGreaterThan(1e-3);
    expect(centred.legacy / centred.stable).toBeCloseTo(1, 5);
  });

  it("passes through the means where there are fewer potentials than the degree asks for", () => {
    const x = Float64Array.of(0, 1, 1, 2);
    const fitted = legacyPolynomialFit(x, Float64Array.of(5, 1, 3, 7), 15);
    for (const [i, value] of [5, 2, 2, 7].entries()) expect(fitted[i]).toBeCloseTo(value, 9);
    expect([...legacyPolynomialFit(Float64Array.of(1, 1), Float64Array.of(1, 3), 1)]).toEqual([
      expect.closeTo(2, 12),
      expect.closeTo(2, 12),
    ]);
    expect([...legacyPolynomialFit(new Float64Array(3), Float64Array.of(1, 2, 6), 15)]).toEqual(
      [3, 3, 3].map((mean) => expect.closeTo(mean, 12)),
    );
  });

  it("has a finite value at every potential that a file can hold", () => {
    const extreme = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 });
    const current = fc.double({ noNaN: true, min: -1, max: 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(extreme, current), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (samples, degree) => {
          const x = Float64Array.from(samples, ([potential]) => potential);
          const y = Float64Array.from(samples, ([, amperes]) => amperes);
          for (const value of legacyPolynomialFit(x, y, degree)) expect(value).toSatisfy(Number.isFinite);
        },
      ),
    );
  });
});
