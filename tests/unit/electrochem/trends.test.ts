import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanOfElectrodes } from "../../../shared/electrochem/electrode-mean.ts";
import {
  defaultSignalFrequencies,
  KDM_FORMULAS,
  type KdmMethod,
  kdm,
  RATIO_FORMULA,
  ratio,
} from "../../../shared/electrochem/kdm.ts";
import {
  correctLow,
  LOW_CORRECTION_FORMULA,
  NORMALISED_FORMULA,
  normalise,
  referenceValue,
} from "../../../shared/electrochem/normalise.ts";
import { replicateGroups } from "../../../shared/electrochem/replicates.ts";
import { byRank, hoursOf, pairUp } from "../../../shared/electrochem/trend-series.ts";
import { listed, series } from "./trend-fixture.ts";

describe("normalised", () => {
  const heights = series([
    [1, 4],
    [2, null],
    [3, 2],
    [4, 6],
    [5, 0],
  ]);

  it("is the share of one file, or of the mean of a range in which missing values do not count", () => {
    expect(listed(normalise(heights, { from: 3, to: 3 }).values)).toEqual([2, null, 1, 3, 0]);
    expect(listed(normalise(heights, { from: 1, to: 3 }).values)).toEqual([4 / 3, null, 2 / 3, 2, 0]);
  });

  it.each([
    ["missing", 2],
    ["zero", 5],
    ["not there yet", 9],
  ])("has no values where the reference is %s: never 1", (_case, key) => {
    expect(listed(normalise(heights, { from: key, to: key }).values)).toEqual([null, null, null, null, null]);
  });

  it("of peaks that point down is positive", () => {
    const down = series([
      [1, -4],
      [2, -2],
    ]);
    expect(listed(normalise(down, { from: 1, to: 1 }).values)).toEqual([1, 0.5]);
  });

  it("does not depend on the unit of the values", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }), (values) => {
        const raw = series(values.map((value, index) => [index + 1, value]));
        const scaled = { ...raw, values: raw.values.map((value) => value * 2 ** -30) };
        expect(normalise(scaled, { from: 1, to: 1 })).toEqual(normalise(raw, { from: 1, to: 1 }));
      }),
    );
  });

  it("the mean of an empty range is no value", () => {
    expect(referenceValue(heights, { from: 7, to: 6 })).toBeNaN();
  });
});

describe("the low frequency's correction", () => {
  it("adds slope times x and the offset, x in hours or file numbers, and nothing to what is missing", () => {
    const low = series([
      [1, 1, 0.5],
      [2, null, 1],
      [3, 2, 1.5],
    ]);
    expect(listed(correctLow(low, 0.5, 0.125).values)).toEqual([1.375, null, 2.875]);
  });

  it("hours are the file number times the interval", () => {
    expect(hoursOf(90, 20)).toBe(0.5);
  });
});

describe("pairs", () => {
  it("are of one file number; a missing partner leaves nothing", () => {
    const on = series([
      [1, 10],
      [2, 20],
      [4, 40],
    ]);
    const off = series([
      [1, 1, 1.5],
      [3, 3, 3.5],
      [4, null, 4.5],
    ]);
    const pairs = pairUp(on, off);
    expect([...pairs.keys]).toEqual([1, 2, 3, 4]);
    expect([...pairs.xs]).toEqual([1, 2, 3.5, 4]);
    expect(listed(pairs.on)).toEqual([10, 20, null, 40]);
    expect(listed(pairs.off)).toEqual([1, null, 3, null]);
  });

  it("are the k-th of each frequency where both count in one numbering, with or without a value", () => {
    const on = series([
      [1, 10],
      [3, null],
      [5, 50],
    ]);
    const off = series([
      [2, 2],
      [4, 4],
    ]);
    const pairs = pairUp(byRank(on), byRank(off));
    expect([...pairs.keys]).toEqual([1, 2, 3]);
    expect([...pairs.xs]).toEqual([1, 3, 5]);
    expect(listed(pairs.on)).toEqual([10, null, 50]);
    expect(listed(pairs.off)).toEqual([2, 4, null]);
  });

  it("have every value of both sides once, in order of their keys", () => {
    const side = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(side, side, (a, b) => {
        const on = series([...a].sort((x, y) => x - y).map((key) => [key, key]));
        const off = series([...b].sort((x, y) => x - y).map((key) => [key, -key]));
        const pairs = pairUp(on, off);
        expect([...pairs.keys]).toEqual([...new Set([...a, ...b])].sort((x, y) => x - y));
        expect(listed(pairs.on).filter((value) => value !== null)).toEqual([...on.values]);
        expect(listed(pairs.off).filter((value) => value !== null)).toEqual([...off.values]);
      }),
    );
  });
});

describe("KDM", () => {
  const pairs = pairUp(
    series([
      [1, 1.2],
      [2, 1],
      [3, 0.5],
      [4, null],
    ]),
    series([
      [1, 0.8],
      [2, 0],
      [3, -0.5],
      [4, 1],
    ]),
  );

  it.each<[KdmMethod, string, (number | null)[]]>([
    ["sacmes", "KDM = H − L′ + 1", [1.4, 2, 2, null]],
    ["difference-over-mean", "KDM = (H − L′) / ((H + L′) / 2)", [0.4, 2, null, null]],
  ])(
    "%s is what its formula says; a zero denominator or a missing partner gives none",
    (method, text, wanted) => {
      expect(KDM_FORMULAS[method]).toBe(text);
      const found = listed(kdm(pairs, method).values);
      expect(found.map((value) => value === null)).toEqual(wanted.map((value) => value === null));
      for (const [i, value] of found.entries()) expect(value ?? 0).toBeCloseTo(wanted[i] ?? 0, 12);
    },
  );

  it("the ratio is H over L′, and none for a zero denominator", () => {
    expect(listed(ratio(pairs).values)).toEqual([1.2 / 0.8, null, -1, null]);
    expect(RATIO_FORMULA).toBe("R = H / L′");
  });

  it("of two frequencies that drift alike stays at its start", () => {
    const drifting = (height: number) => series([0, 1, 2, 3].map((n) => [n + 1, height * 0.9 ** n]));
    const reference = { from: 1, to: 1 };
    const alike = pairUp(normalise(drifting(3e-6), reference), normalise(drifting(5e-7), reference));
    for (const value of kdm(alike, "sacmes").values) expect(value).toBeCloseTo(1, 12);
    for (const value of kdm(alike, "difference-over-mean").values) expect(value).toBeCloseTo(0, 12);
  });

  it("starts from the highest frequency as signal on and the lowest as signal off", () => {
    expect(defaultSignalFrequencies([80, 15, 240])).toEqual({ on_hz: 240, off_hz: 15 });
    expect(defaultSignalFrequencies([80, 80])).toBeNull();
    expect(defaultSignalFrequencies([])).toBeNull();
  });

  it("every derived number has its formula", () => {
    for (const formula of [NORMALISED_FORMULA, LOW_CORRECTION_FORMULA]) expect(formula).toMatch(/^\S+ = /);
  });
});

describe("across electrodes", () => {
  it("mean, sample deviation and count are of the values that are there", () => {
    const mean = meanOfElectrodes([
      series([
        [1, 1],
        [2, 2],
        [3, null],
      ]),
      series([
        [1, 3],
        [2, null],
        [3, null],
        [4, 7],
      ]),
      series([[1, 8]]),
    ]);
    expect([...mean.keys]).toEqual([1, 2, 3, 4]);
    expect(listed(mean.mean)).toEqual([4, 2, null, 7]);
    expect([...mean.n]).toEqual([3, 1, 0, 1]);
    // One value has no spread, which is not a spread of 0.
    expect(listed(mean.sd)).toEqual([Math.sqrt(13), null, null, null]);
  });
});

describe("replicates", () => {
  it("are groups of consecutive files; missing values do not count, an incomplete last group is left out", () => {
    const values = series([
      [1, 1],
      [2, 3],
      [3, null],
      [4, 5],
      [5, null],
      [6, null],
      [7, 9],
    ]);
    const groups = replicateGroups(values, 2);
    expect(groups.map(({ x, n }) => [x, n])).toEqual([
      [1.5, 2],
      [3.5, 1],
      [5.5, 0],
    ]);
    expect(groups.map(({ mean }) => mean)).toEqual([2, 5, Number.NaN]);
    // SD √2 over √2 values.
    expect(groups[0]?.standardError).toBeCloseTo(1, 12);
    expect(groups[1]?.standardError).toBeNaN();
  });

  const numbered = (numbers: readonly number[]) => series(numbers.map((n) => [n, n]));

  it("stay together where a file in between could not be read", () => {
    const groups = replicateGroups(numbered([1, 2, 3, 5, 6, 7, 8, 9]), 3);
    expect(groups.map(({ mean, n }) => [mean, n])).toEqual([
      [2, 3],
      [5.5, 2],
      [8, 3],
    ]);
    // Also where another technique takes every second number.
    expect(replicateGroups(numbered([2, 6, 8, 10, 12]), 3).map(({ mean, n }) => [mean, n])).toEqual([
      [4, 2],
      [10, 3],
    ]);
  });

  it("are of files as they come where their numbers say nothing of holes", () => {
    const groups = replicateGroups(numbered([101_500, 101_530, 101_603, 101_640]), 2);
    expect(groups.map(({ n }) => n)).toEqual([2, 2]);
  });
});
