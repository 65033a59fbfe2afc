import { describe, expect, it } from "vitest";
import { chiText } from "../../../shared/formats/chi-text.ts";
import { bytes, failureOf, file, HEAD, SWV, scanOf } from "./chi-sample.ts";

describe("a file that is still growing", () => {
  const whole = file("Potential/V, i1/A");
  const text = new TextDecoder().decode(whole);
  const cut = (end: number) => whole.subarray(0, end < 0 ? whole.length + end : end);

  it.each([
    ["nothing", "", "empty_file"],
    ["white space", " \r\n\r\n", "empty_file"],
    ["a header without a table", text.slice(0, 200), "incomplete_file"],
    ["a table header that may lack columns", text.slice(0, text.indexOf("i1/A") + 2), "incomplete_file"],
    ["a table without rows", text.slice(0, text.indexOf("-0.004,")), "incomplete_file"],
    ["half a row", text.slice(0, text.indexOf("1e-6") + 2), "incomplete_file"],
  ])("has %s: %j is %s", (_, content, code) => {
    expect(failureOf(new TextEncoder().encode(content))).toMatchObject({ code });
    expect(chiText.isComplete(new TextEncoder().encode(content))).toBe(false);
  });

  it("a last line without its line end is not used: it may be cut", () => {
    const scan = scanOf(cut(text.indexOf("2e-6") + 3));
    expect(scan.potentials_v).toEqual(Float64Array.of(-0.004));
    expect(scan.warnings).toEqual(["The last line has no line end and was left out: it may be cut."]);
  });

  it("but the row that the header announces as the last one is, when it is written like the others", () => {
    const scan = scanOf(cut(-2));
    expect(scan.potentials_v).toEqual(Float64Array.of(-0.004, -0.008, -0.012));
    expect(scan.warnings).toEqual([]);
    expect(chiText.isComplete(cut(-2))).toBe(false);
  });

  it("and is not when its last number is shorter than those above, or far from them", () => {
    const rows = ["-0.004, 1.11e-10", "-0.008, 2.22e-10", "-0.012, 3.33e-10"];
    const long = file("Potential/V, i1/A", rows);
    for (const missing of [3, 4, 5, 6]) {
      expect(scanOf(long.subarray(0, long.length - missing)).potentials_v).toHaveLength(2);
    }
  });
});

describe("a file is complete when its header proves it", () => {
  const complete = (parameters: string[], rows: string[], technique = "Square Wave Voltammetry") =>
    chiText.isComplete(
      bytes([
        HEAD[0] ?? "",
        technique,
        ...HEAD.slice(2),
        ...parameters,
        "",
        "Potential/V, Current/A",
        "",
        ...rows,
      ]),
    );
  const sweep = (...potentials: number[]) =>
    potentials.map((potential) => `${potential.toFixed(3)}, 1.000e-6`);

  it("SWV: the last row stands at Final E", () => {
    expect(complete(SWV, sweep(-0.004, -0.008))).toBe(false);
    expect(complete(SWV, sweep(-0.004, -0.008, -0.012))).toBe(true);
    expect(complete(SWV, sweep(0, -0.004, -0.008))).toBe(false);
    expect(complete(SWV, sweep(0, -0.004, -0.008, -0.012))).toBe(true);
  });

  it("SWV: as many rows as announced, where the step does not divide the range", () => {
    const odd = ["Init E (V) = 0", "Final E (V) = 0.01", "Incr E (V) = 0.004"];
    expect(complete(odd, sweep(0.004, 0.008))).toBe(false);
    expect(complete(odd, sweep(0.004, 0.008, 0.01))).toBe(true);
  });

  it("CV: the last vertex counts only after all segments", () => {
    const cv = [
      "Init E (V) = 0",
      "High E (V) = 0.002",
      "Low E (V) = -0.002",
      "Init P/N = P",
      "Segment = 3",
      "Sample Interval (V) = 0.001",
    ];
    const first = [0, 0.001, 0.002, 0.001, 0, -0.001, -0.002, -0.001, 0];
    expect(complete(cv, sweep(...first.slice(0, 2)), "Cyclic Voltammetry")).toBe(false);
    expect(complete(cv, sweep(...first), "Cyclic Voltammetry")).toBe(false);
    expect(complete(cv, sweep(...first, 0.001), "Cyclic Voltammetry")).toBe(true);
  });

  it.each([
    ["no Segment", ["Init E (V) = 0", "High E (V) = 0.002", "Low E (V) = 0", "Sample Interval (V) = 0.001"]],
    [
      "a Final E of its own",
      [
        "Init E (V) = 0",
        "High E (V) = 0.002",
        "Low E (V) = 0",
        "Segment = 1",
        "Sample Interval (V) = 0.001",
        "Final E (V) = 0.001",
      ],
    ],
    ["no interval", ["Init E (V) = 0", "High E (V) = 0.002", "Low E (V) = 0", "Segment = 1"]],
    [
      "a first direction that nobody states",
      [
        "Init E (V) = 0.001",
        "High E (V) = 0.002",
        "Low E (V) = 0",
        "Segment = 1",
        "Sample Interval (V) = 0.001",
      ],
    ],
  ])("CV with %s proves nothing", (_, parameters) => {
    expect(complete(parameters, sweep(0, 0.001, 0.001, 0.001, 0.001), "Cyclic Voltammetry")).toBe(false);
  });

  it("a technique that is only named proves nothing", () => {
    expect(complete(SWV, sweep(-0.004, -0.008, -0.012), "A.C. Impedance")).toBe(false);
  });
});
