import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TrendParams } from "../../../shared/protocol/trend-params.ts";
import { GrowingTrends } from "../../../shared/trends/growing-trends.ts";
import { derive, logOf, type ModelFile } from "./model-log.ts";

const PARAMS = TrendParams.parse({
  axis: "file-number",
  pairing: "rank",
  reference: { from: 1, to: 1_000 },
});

/** How laboratories number the files of several frequencies, of which the header alone tells. */
const SCHEMES = {
  "numbers alternate": (n: number, at: number, of: number) => [`a_${n * of + at + 1}.txt`, n * of + at + 1],
  "numbers alternate beside another technique": (n, at, of) => {
    const number = 2 * (n * of + at) + 1;
    return [`a_${number}.txt`, number];
  },
  "both share a number": (n, at) => [`${"xyz"[at]}_${n + 1}.txt`, n + 1],
  "a folder for each": (n, at) => [`${at}Hz/run_7_${n + 1}.txt`, n + 1],
  "numbers repeat in two series": (n, at) => [`s${n % 2}/${"xyz"[at]}_${(n >> 1) + 1}.txt`, (n >> 1) + 1],
} satisfies Record<string, (n: number, at: number, of: number) => [string, number]>;

function filesOf(scheme: keyof typeof SCHEMES, rounds: number, frequencies: number): ModelFile[] {
  return Array.from({ length: rounds }, (_, n) =>
    Array.from({ length: frequencies }, (_, at): ModelFile => {
      const [name, number] = SCHEMES[scheme](n, at, frequencies);
      return { name, number, hz: 10 * (at + 1), heights: [1 + n] };
    }),
  ).flat();
}

/** A file of which nothing is known but its name. */
const unreadable = (file: ModelFile): ModelFile => ({ ...file, hz: Number.NaN, heights: [], failed: true });

/** Which files make a pair, by name; a file without a partner is in none. */
function pairsOf(files: readonly ModelFile[]): string[] {
  const trends = derive(files, PARAMS);
  const [on, off] = [trends.heights(1, 10 * 2), trends.heights(1, 10)];
  const name = (offset: number) => files[offset]?.name;
  return [...on.keys].flatMap((key, row) => {
    const other = off.keys.indexOf(key);
    return other < 0 ? [] : [`${name(on.offsets[row] ?? -1)} ${name(off.offsets[other] ?? -1)}`];
  });
}

const scheme = fc.constantFrom(...(Object.keys(SCHEMES) as (keyof typeof SCHEMES)[])); // its own names

describe("pairs by rank", () => {
  test.each(Object.keys(SCHEMES) as (keyof typeof SCHEMES)[])(
    // A file that is alone in its numbering tells nothing, so each has two.
    "where %s: a file that cannot be read takes its own pair along, and no other",
    (name) => {
      fc.assert(
        fc.property(
          fc.integer({ min: name.includes("series") ? 4 : 2, max: 40 }),
          fc.integer({ min: 2, max: 3 }),
          fc.nat(),
          (rounds, of, pick) => {
            const files = filesOf(name, rounds, of);
            const at = pick % files.length;
            const out = files[at];
            const left = files.map((file, index) => (index === at ? unreadable(file) : file));
            const kept = pairsOf(files).filter((pair) => !pair.split(" ").includes(out?.name ?? ""));
            expect(pairsOf(left)).toEqual(kept);
          },
        ),
        { numRuns: 100 },
      );
    },
  );

  test("are the same in any order of arrival, and grow to what they are from scratch", () => {
    fc.assert(
      fc.property(
        scheme,
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.func(fc.nat()),
        (name, rounds, out, by) => {
          const files = filesOf(name, rounds, 2);
          const lost = new Set(out.map((one) => one % files.length));
          const left = files.map((file, index) => (lost.has(index) ? unreadable(file) : file));
          const shuffled = [...left].sort((a, b) => by(a.name) - by(b.name) || (a.name < b.name ? -1 : 1));
          expect(pairsOf(shuffled).sort()).toEqual(pairsOf(left).sort());
          for (const order of [left, shuffled]) {
            const growing = new GrowingTrends();
            const log = logOf([]);
            for (let count = 1; count <= order.length; count++) {
              logOf(order.slice(count - 1, count), log);
              const { keys } = growing.derive(log, 0, [], PARAMS).placed;
              expect([...keys]).toEqual([...derive(order.slice(0, count), PARAMS).placed.keys]);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("guess nothing where frequencies take turns in blocks", () => {
    const blocks = [10, 10, 20, 20, 10, 10, 20, 20].map((hz, index): ModelFile => {
      return { name: `a_${index + 1}.txt`, number: index + 1, hz, heights: [1] };
    });
    const left = blocks.map((file, index) => (index === 3 ? unreadable(file) : file));
    expect([...derive(left, PARAMS).placed.keys]).toEqual([1, 2, 1, 1, 3, 4, 2, 3]);
  });

  test("a file more after a lost one moves nothing, however long the run", () => {
    const files = filesOf("numbers alternate", 200, 2).map((file, index) =>
      index === 5 ? unreadable(file) : file,
    );
    const log = logOf(files);
    const growing = new GrowingTrends();
    const grown = (number: number) => {
      logOf([{ name: `a_${number}.txt`, number, hz: 10, heights: [1] }], log);
      return growing.derive(log, 0, [], PARAMS).value(1, 10);
    };
    growing.derive(log, 0, [], PARAMS).value(1, 10);
    const [before, after] = [grown(401), grown(403)];
    // The same memory: what was there was not made again.
    expect([after.values.length, after.values.buffer === before.values.buffer]).toEqual([202, true]);
  });
});
