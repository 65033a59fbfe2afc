import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { derive, excluded, listed, type ModelFile } from "./model-log.ts";

const file = (number: number, content: number, more: Partial<ModelFile> = {}): ModelFile => {
  return { name: `swv_${number}.txt`, number, hz: 15, heights: [content, 10 * content], content, ...more };
};

describe("an exclusion", () => {
  test("holds for the same bytes when they come again, and not for what was measured in between", () => {
    const files = [file(1, 5), file(2, 6), file(2, 7)];
    const trends = derive(files, {}, [excluded(files, 1)]);
    expect(listed(trends.value(1, 15).values)).toEqual([5, 7]);
    const again = [...files, file(2, 6)];
    expect(listed(derive(again, {}, [excluded(again, 1)]).value(1, 15).values)).toEqual([5, null]);
  });

  test("holds under another name", () => {
    const files = [file(1, 5), file(2, 6), file(3, 5)];
    expect(listed(derive(files, {}, [excluded(files, 0)]).value(1, 15).values)).toEqual([null, 6, null]);
  });

  test("says which file counts in its place, until that one is excluded too", () => {
    const files = [file(1, 5), file(2, 6), file(2, 7)];
    const own = excluded(files, 1);
    const replacedBy = (all: readonly ModelFile[], ...others: (typeof own)[]) =>
      derive(all, {}, [own, ...others]).exclusions.replacementOf(own);
    expect(replacedBy(files)).toBe(2);
    expect(replacedBy(files, excluded(files, 2, 1))).toBe(2); // its other electrode still counts
    expect(replacedBy(files, excluded(files, 2))).toBeNull();
    expect(replacedBy([...files, file(2, 6)])).toBeNull(); // the excluded bytes again
    expect(replacedBy([...files, file(2, 8, { failed: true })])).toBeNull(); // nothing counts there
    expect(replacedBy(files.slice(0, 2))).toBeNull();
  });

  test("of one electrode is of that electrode in every file with the bytes", () => {
    const files = [file(1, 5), file(1, 6), file(1, 5)];
    const trends = derive(files, {}, [excluded(files, 0, 2)]);
    expect([1, 2].map((electrode) => listed(trends.value(electrode, 15).values))).toEqual([[5], [null]]);
  });
});

test("whatever is written over and comes again, exactly the excluded bytes do not count", () => {
  const files = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 })).map(([n, c]) => file(n, c)),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(files, fc.array(fc.nat(19), { maxLength: 3 }), (log, picked) => {
      const out = picked.filter((offset) => offset < log.length);
      const left = new Set(out.map((offset) => log[offset]?.content));
      const newest = new Map(log.map((one) => [one.number, one.content ?? 0]));
      const plain = [...newest].sort(([a], [b]) => a - b).map(([, c]) => (left.has(c) ? null : c));
      const notes = out.map((offset) => excluded(log, offset));
      expect(listed(derive(log, {}, notes).value(1, 15).values)).toEqual(plain);
    }),
  );
});
