import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endAtMs, endOf, familyOf, type LinkBook, madeThrough } from "../../../server/access/link-book.ts";

/** A book in which the i-th link was made through the given earlier one, or with the User ID (null). */
function bookOf(parents: readonly (number | null)[]): LinkBook {
  return parents.map((parent, index) => ({
    link_id: idOf(index),
    parent: parent === null ? null : idOf(parent),
    role: "control",
    label: "",
    created_at_ms: index,
    expires_at_ms: null,
    token_sha256: "0".repeat(64),
  }));
}

function idOf(index: number): string {
  return `link-${String(index).padStart(8, "0")}`;
}

/** Any forest: each link is made through an earlier one or through none. */
const forests = fc
  .array(fc.nat(), { maxLength: 30 })
  .map((seeds) => seeds.map((seed, index) => (seed % (index + 1) === index ? null : seed % (index + 1))));

describe("a book of share links", () => {
  test("takes with a link exactly what descends from it", () => {
    fc.assert(
      fc.property(forests, fc.nat(29), (parents, start) => {
        const descends = (index: number): boolean => {
          const parent = parents[index];
          return index === start || (parent != null && descends(parent));
        };
        const expected = parents.map((_, index) => index).filter((index) => descends(index));
        expect(familyOf(bookOf(parents), idOf(start)).map(({ created_at_ms }) => created_at_ms)).toEqual(
          expected,
        );
      }),
    );
  });

  test("shows everything to the User ID, and to a link only what was made through it", () => {
    const book = bookOf([null, 0, 1, null, 3]);
    expect(madeThrough(book, null)).toEqual(book);
    expect(madeThrough(book, idOf(0)).map(({ link_id }) => link_id)).toEqual([idOf(1), idOf(2)]);
    expect(madeThrough(book, idOf(4))).toEqual([]);
  });

  test("a link never outlives the one that it was made through", () => {
    expect(endAtMs(null, null)).toBeNull();
    expect(endAtMs(null, 5)).toBe(5);
    expect(endAtMs(9, 5)).toBe(5);
    expect(endAtMs(3, 5)).toBe(3);
    expect(endAtMs(3, null)).toBe(3);
  });

  test("an access ends when its time has come or its link is gone; the User ID's own never does", () => {
    const book = bookOf([null]);
    const link = idOf(0);
    expect(endOf(book, { link, expires_at_ms: null }, 1e15)).toBeNull();
    expect(endOf(book, { link, expires_at_ms: 100 }, 99)).toBeNull();
    expect(endOf(book, { link, expires_at_ms: 100 }, 100)).toBe("expired");
    expect(endOf([], { link, expires_at_ms: 100 }, 100)).toBe("expired");
    expect(endOf([], { link, expires_at_ms: 100 }, 99)).toBe("revoked");
    expect(endOf([], { link: null, expires_at_ms: null }, 1e15)).toBeNull();
  });
});
