import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { derive, excluded, listed, type ModelFile } from "./model-log.ts";

/** Two frequencies in two numberings, electrode 1 alone. */
function rounds(...pairs: readonly (readonly [low: number, high: number])[]): ModelFile[] {
  return pairs.flatMap(([low, high], index) => [
    { name: `low_${index + 1}`, number: index + 1, hz: 15, heights: [low] },
    { name: `high_${index + 1}`, number: index + 1, hz: 200, heights: [high] },
  ]);
}

const first = { from: 1, to: 1 };

describe("derived trends", () => {
  test("normalised, corrected, ratio and KDM, file by file", () => {
    const params = { reference: first, low: { slope: 0.5, offset: -0.5 } };
    const trends = derive(rounds([4, 10], [2, 15], [8, 5]), params);
    expect(listed(trends.normalised(1, 200).values)).toEqual([1, 1.5, 0.5]);
    expect(listed(trends.corrected(1, 15).values)).toEqual([1, 1, 3]);
    expect(listed(trends.ratio(1).values)).toEqual([1, 1.5, 0.5 / 3]);
    expect(listed(trends.kdm(1).values)).toEqual([1, 1.5, -1.5]);
    expect([...trends.kdm(1).offsets]).toEqual([1, 3, 5]);
  });

  test("without a reference nothing is normalised: absent, never 1", () => {
    const trends = derive(rounds([4, 10], [2, 15]));
    expect(listed(trends.normalised(1, 200).values)).toEqual([null, null]);
    expect(listed(trends.kdm(1).values)).toEqual([null, null]);
  });

  test.each([
    ["zero", rounds([0, 10], [2, 15])],
    ["without a peak", rounds([Number.NaN, 10], [2, 15])],
  ])("a reference that is %s leaves its frequency, ratio and KDM absent", (_what, files) => {
    const trends = derive(files, { reference: first });
    expect(listed(trends.normalised(1, 15).values)).toEqual([null, null]);
    expect(listed(trends.normalised(1, 200).values)).toEqual([1, 1.5]);
    expect(listed(trends.ratio(1).values)).toEqual([null, null]);
    expect(listed(trends.kdm(1).values)).toEqual([null, null]);
  });

  test("a missing partner leaves a hole, and its neighbours as they are", () => {
    const files = rounds([4, 10], [2, 15], [8, 5]).filter(({ name }) => name !== "low_2");
    expect(listed(derive(files, { reference: first }).kdm(1).values)).toEqual([1, null, 0.5 - 2 + 1]);
  });

  test("an older revision does not count", () => {
    const files = [...rounds([4, 10], [2, 15]), { name: "high_2", number: 2, hz: 200, heights: [30] }];
    expect(listed(derive(files, { reference: first }).normalised(1, 200).values)).toEqual([1, 3]);
  });

  test("alternating in one numbering, the k-th of each frequency is a pair", () => {
    const files = rounds([4, 10], [2, 15], [8, 5]).map((file, index) => ({ ...file, number: index + 1 }));
    expect(listed(derive(files, { reference: first }).kdm(1).values).every((one) => one === null)).toBe(true);
    const ranked = derive(files, { reference: first, pairing: "rank" });
    expect(listed(ranked.kdm(1).values)).toEqual([1, 1.5 - 0.5 + 1, 0.5 - 2 + 1]);
  });

  test("a file that failed or is excluded does not shift the ranks of those behind it", () => {
    const files = rounds([4, 10], [2, 15], [8, 5]).map((file, index) => ({ ...file, number: index + 1 }));
    const failed = files.map((file) => (file.name === "low_2" ? { ...file, failed: true } : file));
    const params = { reference: first, pairing: "rank" } as const;
    expect(listed(derive(failed, params).kdm(1).values)).toEqual([1, null, -0.5]);
    expect(listed(derive(files, params, [excluded(files, 2)]).kdm(1).values)).toEqual([1, null, -0.5]);
  });

  test("signal on and off are the highest and the lowest frequency unless chosen", () => {
    expect(derive(rounds([1, 1])).pair).toEqual({ kind: "pair", on_hz: 200, off_hz: 15 });
    expect(derive(rounds([1, 1]), { on_hz: 15, off_hz: 200 }).pair).toMatchObject({ on_hz: 15, off_hz: 200 });
    expect(derive(rounds([1, 1]), { on_hz: 50 }).pair).toEqual({ kind: "no-pair", reason: "not-measured" });
    expect(derive(rounds([1, 1]), { on_hz: 15 }).pair).toEqual({ kind: "no-pair", reason: "same-frequency" });
    const single = rounds([1, 1]).filter(({ hz }) => hz === 15);
    expect(derive(single).pair).toEqual({ kind: "no-pair", reason: "one-frequency" });
  });

  test("charge is height over frequency", () => {
    expect(listed(derive(rounds([30, 10]), { quantity: "charge" }).value(1, 15).values)).toEqual([2]);
  });

  test("hours are the scans' own times, or number times interval", () => {
    const files = rounds([1, 1], [1, 1]);
    expect([...derive(files, { axis: "hours" }).value(1, 200).xs]).toEqual([1 / 60, 3 / 60]);
    expect([...derive(files, { axis: "hours", seconds_per_file: 1800 }).value(1, 200).xs]).toEqual([0.5, 1]);
  });
});

describe("across electrodes", () => {
  const files: ModelFile[] = [
    { name: "1", number: 1, hz: 15, heights: [1, 3, 8] },
    { name: "2", number: 2, hz: 15, heights: [2, Number.NaN, 4] },
  ];

  test("mean, sample SD and n of those that count and have a value", () => {
    const band = derive(files, { electrodes: [1, 2] }).band("value", 15);
    expect([listed(band.mean), listed(band.sd), listed(band.n)]).toEqual([
      [2, 2],
      [Math.SQRT2, null],
      [2, 1],
    ]);
    expect([...band.offsets]).toEqual([0, 1]);
  });

  test("an excluded electrode is missing there, the others stay", () => {
    const band = derive(files, {}, [excluded(files, 0, 3)]).band("value", 15);
    expect([listed(band.mean), listed(band.n)]).toEqual([
      [2, 3],
      [2, 2],
    ]);
  });
});

describe("across electrodes, where two series in one session count alike", () => {
  const file = (name: string, number: number, ...heights: readonly number[]): ModelFile => ({
    name,
    number,
    hz: 15,
    heights,
  });

  test("a mean is of one file, never of two that have its number", () => {
    const files = [
      file("a/1", 1, 1, 3),
      file("a/2", 2, 2, 4),
      file("b/1", 1, 10, 30),
      file("b/2", 2, 20, 40),
    ];
    const band = derive(files).band("value", 15);
    expect([[...band.keys], listed(band.mean), listed(band.n), [...band.offsets]]).toEqual([
      [1, 1, 2, 2],
      [2, 20, 3, 30],
      [2, 2, 2, 2],
      [0, 2, 1, 3],
    ]);
  });

  test("shares and KDM too, each with its own partner", () => {
    const files = ["a", "b"].flatMap((series, at) =>
      [1, 2].flatMap((number) =>
        [15, 200].map((hz) => {
          const scale = hz === 200 && number === 2 ? 2 + at : 1;
          return { ...file(`${series}/${hz}_${number}`, number, 4 * scale, 8 * scale), hz };
        }),
      ),
    );
    const trends = derive(files, { reference: first });
    expect(listed(trends.band("normalised", 200).mean)).toEqual([1, 1, 2, 3]);
    expect(listed(trends.band("kdm", null).mean)).toEqual([1, 1, 2, 3]);
    expect(listed(trends.band("kdm", null).n)).toEqual([2, 2, 2, 2]);
  });

  test("files that hold one electrode each are a row together, as they come", () => {
    const files = [
      file("a/E1_7", 7, 1),
      file("b/E1_7", 7, 10),
      { ...file("a/E2_7", 7, Number.NaN, 3), without: [1] },
      { ...file("b/E2_7", 7, Number.NaN, 30), without: [1] },
    ];
    const band = derive(files).band("value", 15);
    expect([[...band.keys], listed(band.mean), listed(band.n)]).toEqual([
      [7, 7],
      [2, 20],
      [2, 2],
    ]);
  });

  test("an electrode that does not count still tells which files are apart", () => {
    const files = [file("a/7", 7, 1, 2), { ...file("b/7", 7, 1, Number.NaN, 4), without: [2] }];
    const band = derive(files, { electrodes: [2, 3] }).band("value", 15);
    expect([[...band.keys], listed(band.mean), listed(band.n)]).toEqual([
      [7, 7],
      [2, 4],
      [1, 1],
    ]);
  });
});

describe("an exclusion", () => {
  const files = rounds([4, 10], [2, 15]);

  test("leaves its point in place without a value; taken back it is as before", () => {
    const exclusion = excluded(files, 3);
    expect(listed(derive(files, {}, [exclusion]).value(1, 200).values)).toEqual([10, null]);
    expect(listed(derive(files, {}, [{ ...exclusion, removed: true }]).value(1, 200).values)).toEqual([
      10, 15,
    ]);
  });

  test("of a file that stands elsewhere now, in a log that began anew, is not applied to another", () => {
    const other = { ...excluded(files, 3), at: { offset: 2, name: "high_2" } };
    expect(listed(derive(files, {}, [other]).value(1, 15).values)).toEqual([4, 2]);
  });
});

/** Everything again in the plainest way: one lookup per file number, no columns. */
function plainly(files: readonly ModelFile[], left: ReadonlySet<number>, reference: number) {
  const newest = new Map(files.map((file, offset) => [file.name, { ...file, offset }]));
  const height = (number: number, hz: number): number => {
    const found = [...newest.values()].find((file) => file.number === number && file.hz === hz);
    return found === undefined || left.has(found.offset) ? Number.NaN : (found.heights[0] ?? Number.NaN);
  };
  const share = (number: number, hz: number) => {
    const divisor = height(reference, hz);
    return divisor === 0 ? Number.NaN : height(number, hz) / divisor;
  };
  return { kdm: (number: number) => share(number, 200) - share(number, 15) + 1, share };
}

test("whatever the order of arrival, revisions, holes and exclusions, each number is the plain one", () => {
  const file = fc.record({
    number: fc.integer({ min: 1, max: 6 }),
    hz: fc.constantFrom(15, 200),
    height: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 50 })),
  });
  fc.assert(
    fc.property(
      fc.array(file, { maxLength: 30 }),
      fc.array(fc.nat({ max: 29 }), { maxLength: 4 }),
      fc.integer({ min: 1, max: 6 }),
      (drawn, offsets, reference) => {
        const files = drawn.map(({ number, hz, height }) => ({
          name: `${hz}_${number}`,
          number,
          hz,
          heights: [height],
        }));
        const left = new Set(offsets.filter((offset) => offset < files.length));
        const notes = [...left].map((offset) => excluded(files, offset));
        const trends = derive(files, { reference: { from: reference, to: reference } }, notes);
        const plain = plainly(files, left, reference);
        const { keys, values } = trends.kdm(1);
        expect([...keys]).toEqual([...keys].sort((a, b) => a - b));
        if (trends.pair.kind === "pair") {
          expect(listed(values)).toEqual(listed([...keys].map((number) => plain.kdm(number))));
        } else expect(keys.length).toBe(0);
        for (const hz of trends.frequencies) {
          const shares = trends.normalised(1, hz);
          expect(listed(shares.values)).toEqual(listed([...shares.keys].map((n) => plain.share(n, hz))));
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("scaling one electrode's current changes its heights and none of its shares", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 2, maxLength: 20 }), (heights) => {
      const files = rounds(...heights.map((height): [number, number] => [height, height + 1]));
      const scaled = files.map((file) => ({ ...file, heights: file.heights.map((one) => one * 2 ** -20) }));
      const params = { reference: first };
      expect(derive(scaled, params).kdm(1)).toEqual(derive(files, params).kdm(1));
    }),
    { numRuns: 30 },
  );
});
