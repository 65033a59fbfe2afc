import { describe, expect, it } from "vitest";
import { detectFormat, isComplete, parseFile } from "../../../shared/formats/registry.ts";
import {
  curveOf,
  failureOf,
  onlyScan,
  SWV_METHOD,
  scansOf,
  session,
  sessionCurve,
  sessionMeasurement,
  utf8,
  utf16,
} from "./format-sample.ts";

const V = [0.3, 0.2, 0.1];
const SWV = session(sessionMeasurement(SWV_METHOD, [sessionCurve("SWV I vs E [3]", V, [1, -2, 3.5])]));

describe("a PalmSens session", () => {
  it("gives a scan with parameters, clock and device; microamperes though the symbol says A", () => {
    const scan = onlyScan(SWV);
    expect(scan).toMatchObject({
      technique: "swv",
      technique_name: "Square Wave Voltammetry",
      frequency_hz: 10,
      amplitude_v: 0.1,
      step_v: 0.01,
      started_at: "2021-02-12T15:38:42",
      instrument: "PS4A19N001043",
      warnings: [],
    });
    expect(curveOf(scan)).toEqual({ v: V, a: [1e-6, -2e-6, 3.5e-6] });
  });

  it("reads keys in any letter case, in UTF-16 with marks at both ends", () => {
    const upper = SWV.replaceAll(/"(\w+)":/g, (_, key: string) => `"${key.toUpperCase()}":`);
    const content = utf16(`\uFEFF${upper}\uFEFF`);
    expect(detectFormat(content)?.name).toBe("pssession");
    expect(parseFile(content)).toMatchObject({ ok: true, encoding: "utf-16le" });
    expect(scansOf(content)).toEqual(scansOf(SWV));
    expect(isComplete(content)).toBe(true);
  });

  it("several measurements are several scans, each by its own method; titles are free text", () => {
    const cv = ["METHOD_ID=cv", "E_STEP=5E-3", "SCAN_RATE=1E-1"];
    const text = session(
      sessionMeasurement(SWV_METHOD, [sessionCurve("CV", V, [1, 2, 3])], { title: "Cyclic Voltammetry" }),
      sessionMeasurement(cv, [sessionCurve("Scan 1", V, [1, 2, 3]), sessionCurve("Scan 2", V, [4, 5, 6])]),
      sessionMeasurement(["METHOD_ID=eis", "FREQ=1E4"], []),
      sessionMeasurement(["METHOD_ID=ocp"], [], { title: "Open Circuit [4]" }),
    );
    expect(
      scansOf(text).map(({ technique, cycle, scan_rate_v_s }) => [technique, cycle, scan_rate_v_s]),
    ).toEqual([
      ["swv", undefined, undefined],
      ["cv", 1, 0.1],
      ["cv", 2, 0.1],
      ["eis", undefined, undefined],
      ["other", undefined, undefined],
    ]);
    expect(scansOf(text)[3]).not.toHaveProperty("frequency_hz");
    expect(scansOf(text)[4]?.technique_name).toBe("Open Circuit");
  });

  it("forward and reverse currents come from the raw arrays", () => {
    const half = (arraytype: number, values: readonly number[]) => ({
      arraytype,
      unit: { type: "PalmSens.Units.MicroAmpere" },
      datavalues: values.map((v) => ({ v })),
    });
    const dataset = { values: [half(2, [1, 2, 3]), half(26, [4, 5, 6]), half(29, [5, 7, 9])] };
    const scan = onlyScan(
      session(sessionMeasurement(SWV_METHOD, [sessionCurve("a", V, [1, 2, 3])], { dataset })),
    );
    expect(scan.electrodes).toEqual([
      {
        electrode: 1,
        currents_a: Float64Array.of(1e-6, 2e-6, 3e-6),
        forward_a: Float64Array.of(5e-6, 7e-6, 9e-6),
        reverse_a: Float64Array.of(4e-6, 5e-6, 6e-6),
      },
    ]);
  });

  it("points without a number are left out and counted; nothing that is not finite gets through", () => {
    const text = SWV.replace('{"v":-2,', '{"v":"NaN",').replace('{"v":0.1,', '{"v":1e999,');
    const scan = onlyScan(text);
    expect(curveOf(scan)).toEqual({ v: [0.3], a: [1e-6] });
    expect(scan.warnings.join()).toMatch(/2 points .* left out/);
  });

  it("a curve of something else is passed over, and alone is a missing column", () => {
    const charge = { ...sessionCurve("Charge", V, [1, 2, 3]), xaxisdataarray: null };
    const both = session(sessionMeasurement(SWV_METHOD, [sessionCurve("a", V, [1, 2, 3]), charge]));
    expect(onlyScan(both).warnings.join()).toMatch(/"Charge" is not current against potential/);
    expect(failureOf(session(sessionMeasurement(SWV_METHOD, [charge])))).toMatchObject({
      code: "missing_column",
    });
    const inCoulomb = SWV.replace("Units.MicroAmpere", "Units.MicroCoulomb");
    expect(failureOf(inCoulomb)).toMatchObject({ code: "missing_column" });
  });
});

describe("a session that is not whole", () => {
  it("is refused wherever it is cut, and complete only at its last brace", () => {
    for (let end = 60; end < SWV.length; end += 7) {
      const cut = utf8(SWV.slice(0, end));
      expect(isComplete(cut), `cut at ${end}`).toBe(false);
      expect(failureOf(cut), `cut at ${end}`).toMatchObject({ code: "incomplete_file", line: 1 });
    }
    expect(isComplete(utf8(SWV))).toBe(true);
    expect(isComplete(utf8(`${SWV}{`))).toBe(false);
  });

  it("that is no JSON in its middle is refused with the place", () => {
    expect(failureOf(SWV.replace('"curves":', '"curves"]'))).toMatchObject({
      code: "unsupported_format",
      line: 1,
    });
  });

  it("without a measurement is not finished", () => {
    expect(failureOf(session())).toMatchObject({ code: "incomplete_file" });
  });
});

describe("hostile JSON does nothing", () => {
  const head = '{"type":"PalmSens.DataFiles.SessionFile",';

  it.each([
    [
      "names of object internals",
      `${head}"__proto__":{"x":1},"measurements":[{"method":"METHOD_ID=__proto__","curves":[]}]}`,
    ],
    ["units of object internals", SWV.replaceAll("PalmSens.Units.Volt", "a.__proto__")],
    ["a method that is no text", SWV.replace(/"method":"[^"]*"/, '"method":{"toString":1}')],
    ["curves that are no list", SWV.replace('"curves":[', '"curves":{"a":[').replace("]}]}", "]}]}}")],
    ["nesting", `${head}"a":${"[".repeat(200_000)}${"]".repeat(200_000)},"measurements":[]}`],
    ["nesting that never closes", `${head}"measurements":${'[{"curves":'.repeat(50_000)}`],
    ["a lone escape", `${head}"measurements":[{"title":"\\`],
    ["wrong escapes", SWV.replace("Free text", "\\u12 \\x")],
  ])("%s", (_, text) => {
    const outcome = parseFile(utf8(text));
    if (!outcome.ok) expect(outcome.message.length).toBeGreaterThan(20);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it("more curves than any session holds are refused", () => {
    expect(failureOf(`${head}"measurements":[{"curves":[${"{},".repeat(20_000)}{}]}]}`)).toMatchObject({
      code: "unsupported_format",
    });
  });
});
