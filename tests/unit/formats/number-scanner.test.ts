import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DecimalMarks, NumberScanner } from "../../../shared/formats/number-scanner.ts";

function scan(text: string, marks: DecimalMarks = "."): { value: number; position: number } {
  const scanner = new NumberScanner(new TextEncoder().encode(text), marks);
  const value = scanner.read();
  return { value, position: scanner.position };
}

const sign = fc.constantFrom("", "+", "-");
const digits = (max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: max }).map((all) => all.join(""));
const decimals = (whole: number, part: number) =>
  fc.oneof(
    digits(whole),
    fc.tuple(digits(whole), digits(part)).map(([a, b]) => `${a}.${b}`),
    digits(part).map((b) => `.${b}`),
    digits(whole).map((a) => `${a}.`),
  );
const exponent = (max: number) =>
  fc.oneof(
    fc.constant(""),
    fc
      .tuple(fc.constantFrom("e", "E"), sign, fc.integer({ min: 0, max }), fc.nat(2))
      .map(([e, s, n, zeros]) => `${e}${s}${"0".repeat(zeros)}${n}`),
  );
const numeral = (whole: number, part: number, power: number) =>
  fc.tuple(sign, decimals(whole, part), exponent(power)).map((parts) => parts.join(""));

describe("a number is read from bytes exactly as Number() reads it from text", () => {
  const same = (text: string): void => {
    expect(scan(text)).toEqual({ value: Number(text), position: text.length });
  };

  it("for numbers like those of instruments", () => {
    fc.assert(fc.property(numeral(4, 9, 14), same), { numRuns: 2000 });
  });

  it("for any decimal number, however long or extreme", () => {
    fc.assert(fc.property(numeral(25, 30, 400), same), { numRuns: 2000 });
  });

  it("for every double that a program prints", () => {
    const printed = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => {
      return Object.is(value, -0) ? "-0" : String(value);
    });
    fc.assert(fc.property(printed, same), { numRuns: 2000 });
  });

  it("at the edges of the exact path: 2^53, powers of ten 22 and 23", () => {
    for (const text of [
      "999999999999999e22",
      "9999999999999999e22",
      "1e23",
      "1e-22",
      "1e-23",
      "9007199254740991",
      "9007199254740992",
      "9007199254740993",
      "9007199254740993e-5",
      "1.268212606404429E-006",
      "9.999999999999999E-010",
      "0.00000000000000000000001234",
    ]) {
      same(text);
    }
    for (const text of [
      "-0",
      "0e999",
      "1e999",
      "-1e999",
      "5e-324",
      "2.4703282292062328e-324",
      "000.100e-003",
    ]) {
      same(text);
    }
  });
});

describe("what is no number is NaN, never zero", () => {
  it.each(["", " 1", "-", "+", ".", "-.", "e5", "1e", "1e+", "abc", "NaN", "Infinity", "-Infinity", "#N/A"])(
    "%j",
    (text) => expect(scan(text).value).toBeNaN(),
  );

  it("stops where the number ends, so that the caller sees what is glued to it", () => {
    expect(scan("0x10")).toEqual({ value: 0, position: 1 });
    expect(scan("1.5V")).toEqual({ value: 1.5, position: 3 });
    expect(scan("1,5")).toEqual({ value: 1, position: 1 });
  });
});

it("reads a decimal comma where the format allows one, and still a point", () => {
  expect(scan("2,065059947832196E+001", ".,").value).toBe(2.065059947832196e1);
  expect(scan("-0,02", ".,").value).toBe(-0.02);
  expect(scan("-0.02", ".,").value).toBe(-0.02);
  expect(scan("0,12345678901234567890", ".,").value).toBe(Number("0.12345678901234567890"));
});
