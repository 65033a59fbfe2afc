import { describe, expect, it } from "vitest";
import { isComplete } from "../../../shared/formats/registry.ts";
import {
  curveOf,
  failureOf,
  GAMRY_CV,
  GAMRY_SWV,
  GAMRY_SWV_TABLE,
  gamryCycle,
  lines,
  onlyScan,
  scansOf,
  utf8,
  windows1252,
} from "./format-sample.ts";

const complete = (all: readonly string[]) => isComplete(utf8(lines(all)));

describe("a Gamry square wave voltammogram", () => {
  it("has its difference, both halves, and its parameters in V and Hz", () => {
    const scan = onlyScan(lines([...GAMRY_SWV, ...GAMRY_SWV_TABLE]));
    expect(scan).toMatchObject({
      technique: "swv",
      technique_name: "Square Wave Voltammetry",
      frequency_hz: 100,
      amplitude_v: 0.025,
      step_v: 0.002,
      started_at: "2021-12-31T12:00:00",
      instrument: "REF600-10000",
      warnings: [],
    });
    expect(curveOf(scan)).toEqual({ v: [-0.002, -0.004, -0.006], a: [2e-7, 3e-7, 4e-7] });
    expect(scan.electrodes[0]).toMatchObject({
      electrode: 1,
      forward_a: Float64Array.of(3e-7, 5e-7, 7e-7),
      reverse_a: Float64Array.of(1e-7, 2e-7, 3e-7),
    });
  });

  it("the open circuit before it is not part of it", () => {
    const ocv = [
      "OCVCURVE\tTABLE\t2",
      "\tPt\tT\tVf\tVm",
      "\t#\ts\tV\tV",
      "\t0\t0\t0.5\t0.5",
      "\t1\t1\t0.5\t0.5",
    ];
    expect(curveOf(onlyScan(lines([...GAMRY_SWV, ...ocv, ...GAMRY_SWV_TABLE]))).v).toHaveLength(3);
    expect(failureOf(lines([...GAMRY_SWV, ...ocv]))).toMatchObject({ code: "incomplete_file" });
  });

  it("units come from the line below the names", () => {
    const inMilli = GAMRY_SWV_TABLE.map((line) =>
      line.replace("\t#\ts\tV\tA\tA\tA", "\t#\ts\tmV\tmA\tmA\tmA"),
    );
    expect(curveOf(onlyScan(lines([...GAMRY_SWV, ...inMilli])))).toEqual({
      v: [-0.000002, -0.000004, -0.000006],
      a: [2e-7 / 1e3, 3e-7 / 1e3, 4e-7 / 1e3],
    });
  });
});

describe("a Gamry cyclic voltammogram", () => {
  const first = gamryCycle("CURVE1", ["0\t0.1\t1E-006", "1\t0.2\t2E-006", "2\t0.1\t3E-006"]);
  const second = gamryCycle("CURVE2", ["3\t0.1\t4E-006", "4\t0.2\t5E-006"]);

  it("is one scan for each cycle, in the instrument's numbers", () => {
    const scans = scansOf(lines([...GAMRY_CV, ...first, ...second]));
    expect(scans.map(({ cycle }) => cycle)).toEqual([1, 2]);
    expect(scans.map(curveOf)).toEqual([
      { v: [0.1, 0.2, 0.1], a: [1e-6, 2e-6, 3e-6] },
      { v: [0.1, 0.2], a: [4e-6, 5e-6] },
    ]);
    expect(scans[1]).toMatchObject({ technique: "cv", scan_rate_v_s: 0.05, step_v: 0.001 });
  });

  it("a left-over row is no cycle, and is said to be left out", () => {
    const scans = scansOf(lines([...GAMRY_CV, ...first, ...gamryCycle("CURVE2", ["3\t0.1\t4E-006"])]));
    expect(scans).toHaveLength(1);
    expect(scans[0]?.warnings.join()).toMatch(/1 left-over row was left out/);
  });

  it("but a first row that has just been written is shown", () => {
    expect(curveOf(onlyScan(lines([...GAMRY_CV, ...gamryCycle("CURVE1", ["0\t0.1\t1E-006"])]))).v).toEqual([
      0.1,
    ]);
  });

  it("a next table that has just begun changes nothing", () => {
    for (const end of [1, 2, 3]) {
      const scans = scansOf(lines([...GAMRY_CV, ...first, ...second.slice(0, end)]));
      expect(
        scans.map(({ cycle }) => cycle),
        `${end} lines`,
      ).toEqual([1]);
    }
  });

  it("a column of cycle numbers in one table tells them apart as well", () => {
    const table = ["CURVE\tTABLE", "\tPt\tVf\tIm\tCycle", "\t#\tV\tA\t#"];
    const rows = ["0\t0.1\t1\t0", "1\t0.2\t2\t0", "2\t0.1\t3\t1", "3\t0.2\t4\t1"].map((row) => `\t${row}`);
    expect(scansOf(lines([...GAMRY_CV, ...table, ...rows])).map(({ cycle }) => cycle)).toEqual([0, 1]);
  });

  it("needs its current: a potential in its place is a missing column", () => {
    const renamed = first.map((line) => line.replace("\tIm\t", "\tVm\t"));
    expect(failureOf(lines([...GAMRY_CV, ...renamed]))).toMatchObject({
      code: "missing_column",
      line: 6,
      message: "The table CURVE1 has no column Im. It has: Pt, Vf, Vm, Over.",
    });
  });

  it("refuses a current in a unit of something else", () => {
    const charge = first.map((line) => line.replace("\tV vs. Ref.\tA\t", "\tV vs. Ref.\tC\t"));
    expect(failureOf(lines([...GAMRY_CV, ...charge]))).toMatchObject({ code: "unsupported_format", line: 7 });
  });

  it("a bad row is left out, counted, and found again by its line", () => {
    const bad = gamryCycle("CURVE1", [
      "0\t0.1\t1E-006",
      "1\t0.2\tnan",
      "2\t0.3\t",
      "3\t0.4\t1e999",
      "4\t0.5\t2E-006",
    ]);
    const scan = onlyScan(lines([...GAMRY_CV, ...bad]));
    expect(curveOf(scan).v).toEqual([0.1, 0.5]);
    expect(scan.warnings).toEqual([
      "3 rows were left out because of a missing or unreadable cell; the first: line 9, column Im.",
    ]);
  });
});

describe("the date of a Gamry file follows the PC", () => {
  it.each([
    ["12/31/2021", "2021-12-31T12:00:00"],
    ["31/12/2021", "2021-12-31T12:00:00"],
    ["17.7.2024", "2024-07-17T12:00:00"],
    ["2024-07-17", "2024-07-17T12:00:00"],
    ["4/4/2024", "2024-04-04T12:00:00"],
    ["3/6/2019", undefined],
    ["31/31/2019", undefined],
    ["29.2.2023", undefined],
  ])("%s is %s", (date, started_at) => {
    const text = lines([...GAMRY_SWV, ...GAMRY_SWV_TABLE]).replace("12/31/2021", date);
    const scan = onlyScan(text);
    expect(scan.started_at).toBe(started_at);
    expect(scan.warnings.some((warning) => /day\/month or month\/day/.test(warning))).toBe(
      date === "3/6/2019",
    );
  });
});

describe("other techniques are recognised and named", () => {
  it.each([
    ["EISPOT", "eis", "Impedance Spectroscopy"],
    ["CORPOT", "other", "CORPOT"],
    ["CHRONOP", "other", "CHRONOP"],
  ])("%s", (tag, technique, technique_name) => {
    const scan = onlyScan(lines(["EXPLAIN", `TAG\t${tag}`, ...gamryCycle("CURVE", ["0\t0.1\t1"])]));
    expect(scan).toMatchObject({ technique, technique_name, electrodes: [] });
    expect(scan.potentials_v).toHaveLength(0);
  });

  it("chronoamperometry is read as current against time; without a time it is refused, never numbered", () => {
    const table = [
      "CURVE\tTABLE",
      "\tPt\tT\tVf\tIm",
      "\t#\ts\tV vs. Ref.\tA",
      "\t0\t0.5\t0.1\t2e-3",
      "\t1\t1.5\t0.1\t1e-3",
    ];
    const scan = onlyScan(lines(["EXPLAIN", "TAG\tCHRONOA", ...table]));
    expect(scan).toMatchObject({ technique: "ca", technique_name: "Chronoamperometry" });
    expect([...(scan.times_s ?? [])]).toEqual([0.5, 1.5]);
    expect([...(scan.electrodes[0]?.currents_a ?? [])]).toEqual([2e-3, 1e-3]);
    expect(scan.potentials_v).toHaveLength(0);
    const timeless = failureOf(lines(["EXPLAIN", "TAG\tCHRONOA", ...gamryCycle("CURVE", ["0\t0.1\t1"])]));
    expect(timeless).toMatchObject({
      code: "missing_column",
      message: expect.stringContaining("no column T"),
    });
  });

  it("a linear sweep and a differential pulse are read", () => {
    const sweep = lines(["EXPLAIN", "TAG\tLSV", ...gamryCycle("CURVE", ["0\t0.1\t1", "1\t0.2\t2"])]);
    expect(onlyScan(sweep)).toMatchObject({ technique: "lsv" });
    expect(onlyScan(sweep)).not.toHaveProperty("cycle");
    const pulse = lines([...GAMRY_SWV, ...GAMRY_SWV_TABLE]).replace("SQUARE_WAVE", "DIFF_PULSE");
    expect(onlyScan(pulse)).toMatchObject({ technique: "dpv" });
  });
});

describe("a Gamry file is complete when its content proves it", () => {
  it("by the rows that its only table announces", () => {
    const all = [...GAMRY_SWV, ...GAMRY_SWV_TABLE];
    expect(complete(all)).toBe(true);
    expect(complete(all.slice(0, -1))).toBe(false);
    expect(isComplete(utf8(lines(all).trimEnd())), "the last line end is missing").toBe(false);
  });

  it("by the mark of an aborted experiment", () => {
    const cut = [...GAMRY_SWV, ...GAMRY_SWV_TABLE.slice(0, -1)];
    expect(complete([...cut, "EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted"])).toBe(true);
    expect(complete([...cut, "EXPERIMENTABORTED\tTOGGLE\tF\tExperiment Aborted"])).toBe(false);
  });

  it("a CV never is: a next cycle may follow", () => {
    const cycle = gamryCycle("CURVE1", ["0\t0.1\t1", "1\t0.2\t2"]);
    expect(complete([...GAMRY_CV, "CURVE1\tTABLE\t2", ...cycle.slice(1)])).toBe(false);
  });
});

describe("a Gamry file that is still growing, or was cut", () => {
  const whole = lines([...GAMRY_SWV, ...GAMRY_SWV_TABLE]);

  it.each([
    ["the first word", "EXPLAIN", "incomplete_file"],
    ["half a header", whole.slice(0, 150), "incomplete_file"],
    ["no rows", whole.slice(0, whole.indexOf("\t0\t0.01")), "incomplete_file"],
    ["half a row", whole.slice(0, whole.indexOf("3E-007\t1E")), "incomplete_file"],
  ])("has %s", (_, content, code) => {
    expect(failureOf(content)).toMatchObject({ code });
  });

  it("a row whose last cell may be cut is not used; one with cells behind it is", () => {
    const [inLastCell, behindIt] = [
      whole.slice(0, whole.indexOf("7\t....ih")),
      whole.slice(0, whole.indexOf("ih..") + 1),
    ];
    expect(curveOf(onlyScan(inLastCell))).toEqual({ v: [-0.002], a: [2e-7] });
    expect(onlyScan(inLastCell).warnings.join()).toMatch(/no line end/);
    expect(curveOf(onlyScan(behindIt))).toEqual({ v: [-0.002, -0.004], a: [2e-7, 3e-7] });
    expect(onlyScan(behindIt).warnings).toEqual([]);
  });
});

it("decimal commas are understood in header and rows", () => {
  const text = lines([...GAMRY_SWV, ...GAMRY_SWV_TABLE]).replaceAll(/(\d)\.(\d)/g, "$1,$2");
  expect(onlyScan(text)).toEqual(onlyScan(lines([...GAMRY_SWV, ...GAMRY_SWV_TABLE])));
});

it("a title in another code page only reads wrong itself", () => {
  const text = lines([...GAMRY_SWV, "TITLE\tLABEL\tgrün µ", ...GAMRY_SWV_TABLE]);
  expect(curveOf(onlyScan(windows1252(text))).v).toHaveLength(3);
});
