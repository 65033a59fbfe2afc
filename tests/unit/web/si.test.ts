import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixed, type SiScale, siScale, siText } from "../../../web/words/si.ts";

describe("numbers with SI prefixes", () => {
  test.each([
    [4.123e-7, "412.3\u202fnA"],
    [1.5e-6, "1.500\u202fµA"],
    [-2.5e-12, "\u22122.500\u202fpA"],
    [12, "12.00\u202fA"],
    [0, "0\u202fA"],
  ])("%d A reads %s", (value, text) => {
    expect(siText(value, "A", siScale(value))).toBe(text);
  });

  test("the prefix does not flicker while a value swings around a thousand", () => {
    let scale = siScale(980e-9);
    const seen = [1020e-9, 990e-9, 1100e-9, 950e-9].map((value) => {
      scale = siScale(value, scale);
      return scale.symbol;
    });
    expect(new Set(seen)).toEqual(new Set(["n"]));
  });

  test("it does change when the value has clearly left", () => {
    expect(siScale(5e-6, siScale(980e-9)).symbol).toBe("µ");
    expect(siScale(20e-9, siScale(5e-6)).symbol).toBe("n");
  });

  test("a missing or zero magnitude keeps the scale that was there", () => {
    const scale = siScale(3e-9);
    expect(siScale(0, scale)).toBe(scale);
    expect(siScale(Number.NaN, scale)).toBe(scale);
  });

  test("whatever came before, the largest value is shown with three to five digits", () => {
    const magnitude = fc.double({ min: 1e-15, max: 999, noNaN: true });
    fc.assert(
      fc.property(fc.array(magnitude, { minLength: 1 }), (magnitudes) => {
        let scale: SiScale | null = null;
        for (const one of magnitudes) scale = siScale(one, scale);
        const shown = fixed((magnitudes.at(-1) ?? 0) / 10 ** (scale?.exponent ?? 0), scale?.decimals ?? 0);
        const digits = shown.replace(/^0\./, "").replace(".", "").length;
        expect(digits).toBeGreaterThanOrEqual(3);
        expect(digits).toBeLessThanOrEqual(5);
      }),
    );
  });

  test("a minus sign is a minus sign, and there is no negative zero", () => {
    expect(fixed(-0.281, 3)).toBe("\u22120.281");
    expect(fixed(-0.0001, 3)).toBe("0.000");
  });
});
