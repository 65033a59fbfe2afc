import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BINDING_FORMULAS,
  type BindingModel,
  bindingSignal,
  type Calibration,
  type FittedParameter,
  fitBinding,
} from "../../../shared/electrochem/calibration.ts";
import { solveLeastSquares } from "../../../shared/electrochem/least-squares.ts";
import { studentT95 } from "../../../shared/electrochem/student-t.ts";
import { seededNormal } from "./synthetic-scan.ts";

const CONCENTRATIONS = [0, 0.5, 1, 2, 5, 10, 20, 50, 100];
const points = (signals: readonly number[], concentrations: readonly number[] = CONCENTRATIONS) =>
  concentrations.map((concentration, i) => ({ concentration, signal: signals[i] ?? Number.NaN }));

describe("a calibration curve", () => {
  it("Langmuir is that of scipy's curve_fit, with its t intervals", () => {
    const fit = fitted(
      fitBinding(points([1.004, 0.951, 0.912, 0.842, 0.683, 0.561, 0.428, 0.325, 0.287]), "langmuir"),
    );
    expectInterval(fit.offset, [1.0047004985771895, 0.9950130436293071, 1.0143879535250717]);
    expectInterval(fit.amplitude, [-0.774680280175412, -0.788953851880326, -0.7604067084704981]);
    expectInterval(fit.k, [7.209407820188832, 6.673495837976694, 7.788355965103606]);
    expect(fit.hill).toBeNull();
    expect(fit.residualSd).toBeCloseTo(0.005644136912078634, 10);
    expect(fit.degreesOfFreedom).toBe(6);
  });

  it("Hill is that of scipy's curve_fit, with its t intervals", () => {
    const fit = fitted(
      fitBinding(points([1.003, 0.998, 0.985, 0.941, 0.748, 0.451, 0.252, 0.211, 0.197]), "hill"),
    );
    expectInterval(fit.offset, [0.9963519283509731, 0.9824515136162428, 1.0102523430857033]);
    expectInterval(fit.amplitude, [-0.8024286344448852, -0.8265756899012562, -0.7782815789885142]);
    expectInterval(fit.k, [7.086196359411674, 6.72003158990622, 7.472312915844494]);
    expectInterval(fit.hill, [2.2535487618373744, 2.0184655616738865, 2.516011230712922]);
  });

  it("finds what made exact points, whatever the units", () => {
    const truth = fc.record({
      offset: fc.double({ min: -2, max: 2, noNaN: true }),
      amplitude: fc.oneof(
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.double({ min: -3, max: -0.2, noNaN: true }),
      ),
      k: fc.double({ min: 0.8, max: 60, noNaN: true }),
      hill: fc.double({ min: 0.6, max: 3, noNaN: true }),
      model: fc.constantFrom<BindingModel>("langmuir", "hill"),
      unit: fc.integer({ min: -12, max: 3 }).map((power) => 10 ** power),
      ampere: fc.integer({ min: -9, max: 0 }).map((power) => 10 ** power),
    });
    fc.assert(
      fc.property(truth, ({ offset, amplitude, k, hill, model, unit, ampere }) => {
        const h = model === "hill" ? hill : 1;
        const signals = CONCENTRATIONS.map(
          (c) => ampere * (offset + (c === 0 ? 0 : (amplitude * c ** h) / (k ** h + c ** h))),
        );
        const fit = fitted(
          fitBinding(
            points(
              signals,
              CONCENTRATIONS.map((c) => unit * c),
            ),
            model,
          ),
        );
        expect(fit.k.value / (unit * k)).toBeCloseTo(1, 5);
        expect(fit.amplitude.value / (ampere * amplitude)).toBeCloseTo(1, 5);
        if (fit.hill !== null) expect(fit.hill.value).toBeCloseTo(hill, 4);
        for (const [i, c] of CONCENTRATIONS.entries())
          expect(bindingSignal(fit, unit * c) / ampere).toBeCloseTo((signals[i] ?? 0) / ampere, 6);
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  it("holds the truth in its interval in about 95 of 100 noisy experiments", () => {
    const normal = seededNormal(17);
    let held = 0;
    for (let run = 0; run < 100; run++) {
      const noisy = CONCENTRATIONS.map((c) => 1 - (0.8 * c) / (8 + c) + 0.01 * normal());
      const { k } = fitted(fitBinding(points(noisy), "langmuir"));
      if (k.low <= 8 && 8 <= k.high) held += 1;
    }
    // 95 ± 2.2 are expected; four standard deviations below, and intervals are not so wide that they hold all.
    expect(held).toBeGreaterThan(86);
    expect(held).toBeLessThan(100);
  });

  it("needs more concentrations than parameters; repeats are none, unusable points do not count", () => {
    const three = [
      { concentration: 1, signal: 1 },
      { concentration: 1, signal: 1.1 },
      { concentration: 2, signal: 2 },
      { concentration: 4, signal: 3 },
      { concentration: -1, signal: 5 },
      { concentration: 8, signal: Number.NaN },
    ];
    expect(fitBinding(three, "langmuir")).toEqual({ kind: "no-fit", reason: "too-few-points", points: 4 });
    expect(fitBinding(points([1, 2, 3, 4], [1, 2, 4, 8]), "hill")).toMatchObject({
      reason: "too-few-points",
    });
  });

  it.each([
    ["a constant signal", CONCENTRATIONS.map(() => 0.7)],
    ["a straight line", CONCENTRATIONS.map((c) => 1 + 0.002 * c)],
    ["noise", CONCENTRATIONS.map((_, i) => 1 + 0.01 * Math.sin(9 * i * i))],
  ])("says of %s that it determines none", (_case, signals) => {
    for (const model of ["langmuir", "hill"] as const)
      expect(fitBinding(points(signals), model)).toMatchObject({ kind: "no-fit", reason: "not-determined" });
  });

  it("has its formula beside it", () => {
    expect(BINDING_FORMULAS.langmuir).toBe("S = S₀ + ΔS · C / (K + C)");
    expect(BINDING_FORMULAS.hill).toBe("S = S₀ + ΔS · Cʰ / (Kʰ + Cʰ)");
  });
});

describe("Student's t", () => {
  it.each([
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [3, 3.1824463052837078],
    [5, 2.5705818356363146],
    [10, 2.228138851986274],
    [30, 2.0422724563012378],
    [200, 1.9718962236339088],
  ])("with %i degrees of freedom has 95 %% within ± %f", (degreesOfFreedom, wanted) => {
    expect(studentT95(degreesOfFreedom)).toBeCloseTo(wanted, 9);
  });
});

describe("least squares", () => {
  const columns = [Float64Array.of(1, 1, 1, 1), Float64Array.of(0, 1, 2, 4)];

  it("solves for a line, with the inverse of its normal matrix as covariance", () => {
    const found = solveLeastSquares(columns, Float64Array.of(1, 3, 5, 9));
    expect(found?.solution[0]).toBeCloseTo(1, 12);
    expect(found?.solution[1]).toBeCloseTo(2, 12);
    // AᵀA = [[4, 7], [7, 21]], determinant 35.
    expect(found?.covariance.map((row) => Array.from(row, (value) => value.toFixed(12)))).toEqual(
      [
        [21 / 35, -7 / 35],
        [-7 / 35, 4 / 35],
      ].map((row) => row.map((value) => value.toFixed(12))),
    );
  });

  it("has no answer where a column is a combination of the others", () => {
    const [ones = new Float64Array(4), xs = new Float64Array(4)] = columns;
    const sum = ones.map((one, i) => 3 * one - 2 * (xs[i] ?? 0));
    expect(solveLeastSquares([...columns, sum], new Float64Array(4))).toBeNull();
    expect(solveLeastSquares([new Float64Array(4)], new Float64Array(4))).toBeNull();
  });
});

function fitted(calibration: Calibration) {
  if (calibration.kind !== "fit") throw new Error(calibration.reason);
  return calibration;
}

/** scipy's derivatives are differences, so its intervals have fewer digits than its values. */
function expectInterval(found: FittedParameter | null, [value, low, high]: [number, number, number]): void {
  expect((found?.value ?? 0) / value).toBeCloseTo(1, 7);
  expect((found?.low ?? 0) / low).toBeCloseTo(1, 5);
  expect((found?.high ?? 0) / high).toBeCloseTo(1, 5);
}
