import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExactGroups, exactGroups } from "../../../server/proposals/exact-groups.ts";
import { matchName, patternFromNames } from "../../../shared/protocol/name-pattern.ts";

function groupsOf(names: readonly string[], most = 24): ExactGroups {
  const steps = exactGroups(patternFromNames(names), names, most);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
const texts = ({ groups }: ExactGroups) => groups.map(({ pattern, names }) => [pattern.text, names.length]);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe("patterns that stand side by side", { timeout: 60_000 }, () => {
  it("keep their own names where none could match the other's", () => {
    const found = groupsOf(range(1, 20).flatMap((n) => [`swv_${n}.txt`, `gc_${n}.txt`]));
    expect(texts(found)).toEqual([
      ["gc_{n}.txt", 20],
      ["swv_{n}.txt", 20],
    ]);
    expect(found.crossing).toEqual([]);
    expect(found.others).toEqual([]);
  });

  it("a gap takes the smaller series that it covers", () => {
    const stamped = range(1, 9).map((n) => `a_${1000 + 37 * n}_${n}.txt`);
    const found = groupsOf([...stamped, "a_old_1.txt", "a_old_2.txt", "b_1.txt"]);
    expect(texts(found)).toEqual([
      ["a_{*}_{n}.txt", 11],
      ["b_{n}.txt", 1],
    ]);
  });

  it("names that no pattern can hold are told apart", () => {
    const found = groupsOf(["a_1.txt", "a_{2}.txt"]);
    expect(found.others).toEqual(["a_{2}.txt"]);
  });

  it("accents stored in two ways are one series", () => {
    const names = ["größe_1.txt".normalize("NFC"), "größe_2.txt".normalize("NFD")];
    expect(texts(groupsOf(names))).toEqual([[expect.stringMatching(/^gr.*e_\{n\}\.txt$/), 2]]);
  });

  it("whatever the names: every pattern matches exactly its names, no two share one, and none is lost", () => {
    const piece = fc.constantFrom(
      "a",
      "b",
      "_",
      "E",
      "hz_",
      "/",
      "1",
      "2",
      "30",
      "007",
      "µ",
      "{",
      "uM",
      "Hz",
      "É",
      "é",
    );
    const name = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => `${pieces.join("")}.csv`);
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 40 }), fc.integer({ min: 1, max: 24 }), (names, most) => {
        const { groups, crossing, others } = groupsOf(names, most);
        for (const { pattern, names: own } of groups) {
          const matched = names.filter((each) => matchName(pattern, each) !== null);
          expect(new Set(matched), pattern.text).toEqual(new Set(own));
        }
        const all = [...groups, ...crossing].flatMap((group) => group.names).concat(others);
        expect([...all].sort()).toEqual([...names].sort());
      }),
      { numRuns: 250 },
    );
  });
});
