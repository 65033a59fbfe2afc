import { describe, expect, it } from "vitest";
import { chiText } from "../../../shared/formats/chi-text.ts";
import { bytes, failureOf, file, HEAD, ROWS, SWV, scanOf } from "./chi-sample.ts";

describe("saved again by another program", () => {
  const SPREADSHEET = [
    ...[
      "Square Wave Voltammetry",
      "Instrument Model:  CHI840D",
      "",
      "Init E (V) = 0",
      "Final E (V) = -0.008",
      "Incr E (V) = 0.004",
      "Frequency (Hz) = 30",
      "",
    ].map((line) => `${line},,,`),
    "Potential/V, Diff(i/A), For(i/A), Rev(i/A)",
    ",,,",
    "-0.004,-2.92E-07,1E-07,3.92E-07",
    "-0.008,-3E-07,1E-07,4E-07",
  ];

  it("by a spreadsheet: separators behind every line, numbers without their zeros", () => {
    const scan = scanOf(bytes(SPREADSHEET));
    expect(scan).toMatchObject({
      technique: "swv",
      frequency_hz: 30,
      step_v: 0.004,
      instrument: "CHI840D",
      warnings: [],
    });
    expect(scan.electrodes[0]?.currents_a).toEqual(Float64Array.of(-2.92e-7, -3e-7));
    expect(chiText.isComplete(bytes(SPREADSHEET))).toBe(true);
  });

  it("by a spreadsheet that quotes, with a clock that holds a comma", () => {
    const scan = scanOf(
      bytes(['"May 18, 2017   12:49:06",,', "Square Wave Voltammetry,,", ...SPREADSHEET.slice(1)]),
    );
    expect(scan).toMatchObject({
      started_at: "2017-05-18T12:49:06",
      technique_name: "Square Wave Voltammetry",
    });
  });

  it("by a spreadsheet with decimal commas", () => {
    const lines = SPREADSHEET.map((line, index) =>
      index < 8
        ? line.replaceAll(",,,", ";;;").replace(".", ",")
        : line.replaceAll(/, ?/g, ";").replaceAll(".", ","),
    );
    const scan = scanOf(bytes(lines));
    expect(scan).toMatchObject({ step_v: 0.004, warnings: [] });
    expect(scan.potentials_v).toEqual(Float64Array.of(-0.004, -0.008));
    expect(scan.electrodes[0]?.forward_a).toEqual(Float64Array.of(1e-7, 1e-7));
  });

  it.each(["utf-16le", "utf-16be", "utf-8"] as const)("as %s with a byte order mark", (encoding) => {
    const text = `\uFEFF${new TextDecoder().decode(file("Potential/V, i1/A"))}`;
    const wide = new Uint8Array(text.length * 2);
    const view = new DataView(wide.buffer);
    for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), encoding === "utf-16le");
    const content = encoding === "utf-8" ? new TextEncoder().encode(text) : wide;
    expect(chiText.sniff(content)).toBe(true);
    expect(chiText.isComplete(content)).toBe(true);
    expect(chiText.parse(content)).toMatchObject({ ok: true, encoding });
    expect(scanOf(content)).toEqual(scanOf(file("Potential/V, i1/A")));
  });

  it("with a path in a code page that nobody names", () => {
    const content = bytes([
      ...HEAD.slice(0, 2),
      "File: c:\\~~\\a.txt",
      ...HEAD.slice(3),
      ...SWV,
      "Potential/V, i1/A",
      ...ROWS,
    ]);
    // A letter in GBK that is no UTF-8.
    content.set([0xd1, 0xe9], content.indexOf(0x7e));
    expect(chiText.parse(content)).toMatchObject({ ok: true, encoding: "windows-1252" });
    expect(scanOf(content).potentials_v).toHaveLength(3);
  });

  it("but a header with zero bytes is refused", () => {
    const content = file("Potential/V, i1/A");
    content[40] = 0;
    expect(failureOf(content)).toMatchObject({ code: "bad_encoding" });
  });
});
