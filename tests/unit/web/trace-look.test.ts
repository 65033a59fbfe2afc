import { describe, expect, test } from "vitest";
import { TRACE_COLORS, TraceLooks } from "../../../web/plots/trace-look.ts";

/** Surfaces of styles/tokens.css. */
const SURFACE = { light: "#ffffff", dark: "#15171a" } as const;

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe("the look of a trace", () => {
  test.each(["light", "dark"] as const)("every colour stands 3:1 against the %s ground", (ground) => {
    for (const color of TRACE_COLORS[ground])
      expect(contrast(color, SURFACE[ground])).toBeGreaterThanOrEqual(3);
  });

  test("colour tells the frequency, dash and marker the electrode", () => {
    const looks = new TraceLooks();
    const [a, b, c] = [
      { electrode: 1, frequencyHz: 15 },
      { electrode: 1, frequencyHz: 200 },
      { electrode: 2, frequencyHz: 15 },
    ].map((id) => {
      looks.admit([
        { electrode: 1, frequencyHz: 15 },
        { electrode: 2, frequencyHz: 200 },
      ]);
      return looks.look(id, "light");
    });
    expect(a?.color).toBe(c?.color);
    expect(a?.color).not.toBe(b?.color);
    expect([a?.marker, a?.dash]).toEqual([b?.marker, b?.dash]);
    expect(a?.marker).not.toBe(c?.marker);
    expect(a?.dash).not.toEqual(c?.dash);
  });

  test("the same set of traces looks the same, whichever came first", () => {
    const ids = [100, 30, 50].map((frequencyHz) => ({ electrode: 1, frequencyHz }));
    const [one, other] = [ids, ids.toReversed()].map((order) => {
      const looks = new TraceLooks();
      looks.admit(order);
      return ids.map((id) => looks.look(id, "dark").color);
    });
    expect(one).toEqual(other);
  });
});
