import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonCursor } from "../../../shared/formats/json-cursor.ts";
import { utf8 } from "./format-sample.ts";

/** Builds the whole value from the cursor; keys come in lower case, so only such objects go in. */
function build(json: JsonCursor, kind: unknown): unknown {
  if (Array.isArray(kind)) {
    const items: unknown[] = [];
    if (!json.enterArray()) return null;
    while (json.nextItem()) items.push(build(json, kind[items.length]));
    return items;
  }
  if (typeof kind === "object" && kind !== null) {
    const entries: [string, unknown][] = [];
    if (!json.enterObject()) return null;
    for (let key = json.nextKey(); key !== null; key = json.nextKey()) {
      entries.push([key, build(json, Object.entries(kind)[entries.length]?.[1])]);
    }
    return Object.fromEntries(entries);
  }
  if (typeof kind === "number") return json.number();
  if (typeof kind === "string") return json.string(10_000);
  json.skip();
  return kind;
}

const value = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom(true, false, null),
  ),
  node: fc.oneof(
    { maxDepth: 4 },
    tie("leaf"),
    fc.array(tie("node"), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie("node"), { maxKeys: 4 }),
  ),
})).node;

describe("JSON is read as JSON.parse reads it", () => {
  it("for any value, with any white space", () => {
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, "\t"), (wanted, indent) => {
        const json = new JsonCursor(utf8(JSON.stringify(wanted, null, indent)));
        expect(build(json, wanted)).toEqual(wanted);
        expect({ broken: json.isBroken, end: json.isAtEnd }).toEqual({ broken: false, end: true });
      }),
      { numRuns: 300 },
    );
  });

  it("a value of another kind than asked for is passed over", () => {
    const json = new JsonCursor(utf8('{"A":[1,{"b":"]"}],"C":"2","D":3}'));
    expect(json.enterObject() && json.nextKey()).toBe("a");
    expect(json.number()).toBeNaN();
    expect(json.nextKey()).toBe("c");
    expect(json.enterObject()).toBe(false);
    expect(json.nextKey()).toBe("d");
    expect(json.string(10)).toBeNull();
    expect([json.nextKey(), json.isBroken, json.isAtEnd]).toEqual([null, false, true]);
  });

  it("numbers that are none, or not finite, are NaN", () => {
    const json = new JsonCursor(utf8('[1e999,-1e999,NaN,null,"1",true,-,[]]'));
    json.enterArray();
    while (json.nextItem()) expect(json.number()).toBeNaN();
    expect(json.isAtEnd).toBe(true);
  });

  it("a value that is not there breaks it, whatever closes behind", () => {
    for (const text of ['{"a":}', '{"b":{"a":},"c":1}', '[{"a":]}]', "]"]) {
      const json = new JsonCursor(utf8(text));
      build(json, { b: { a: 1 }, c: 1 });
      expect(json.isBroken || !json.isAtEnd, text).toBe(true);
    }
    const nested = new JsonCursor(utf8('{"b":{"a":},"c":1}'));
    nested.enterObject();
    nested.nextKey();
    nested.enterObject();
    nested.nextKey();
    nested.skip();
    expect(nested.isBroken).toBe(true);
  });

  it("text that is cut anywhere is broken, and every loop over it ends", () => {
    const text = '{"a":[{"v":1,"s":"\\"x"},{"v":-2e-3}],"b":{"c":[[]]}}';
    for (let end = 0; end < text.length; end++) {
      const json = new JsonCursor(utf8(text.slice(0, end)));
      build(json, JSON.parse(text));
      const skipped = new JsonCursor(utf8(text.slice(0, end)));
      skipped.skip();
      expect([json.isBroken, skipped.isBroken], text.slice(0, end)).toEqual([true, true]);
    }
  });
});
