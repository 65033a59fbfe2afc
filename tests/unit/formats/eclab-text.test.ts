import { describe, expect, it } from "vitest";
import { detectFormat, isComplete } from "../../../shared/formats/registry.ts";
import {
  curveOf,
  ECLAB_CV,
  ECLAB_TABLE,
  failureOf,
  lines,
  onlyScan,
  scansOf,
  utf8,
  windows1252,
} from "./format-sample.ts";

const CV = lines([...ECLAB_CV, ...ECLAB_TABLE], "\n");
const with_ = (header: readonly string[], table: readonly string[] = ECLAB_TABLE) =>
  lines([...header, ...table], "\n");

describe("an EC-Lab text file", () => {
  it("of a CV is one scan for each cycle, in V and A", () => {
    const scans = scansOf(windows1252(CV));
    expect(scans.map(({ cycle }) => cycle)).toEqual([1, 2]);
    expect(scans.map(curveOf)).toEqual([
      { v: [0.1, 0.2], a: [1e-6, 2e-6] },
      { v: [0.15, 0.1], a: [3e-6, 4e-6] },
    ]);
    expect(scans[0]).toMatchObject({
      technique: "cv",
      technique_name: "Cyclic Voltammetry",
      scan_rate_v_s: 0.02,
      started_at: "2020-07-29T10:31:01",
      instrument: "SP-300 (SN 1854)",
      warnings: [],
    });
  });

  it.each([
    ["Cyclic Voltammetry Advanced", "cv", 2],
    ["Linear Sweep Voltammetry", "lsv", 1],
    ["Chronoamperometry / Chronocoulometry", "ca", 1],
    ["Potentio Electrochemical Impedance Spectroscopy", "eis", 1],
    ["Open Circuit Voltage", "other", 1],
  ])("%s is %s", (name, technique, count) => {
    const scans = scansOf(CV.replace("Cyclic Voltammetry", name));
    expect(scans).toHaveLength(count);
    expect(scans[0]).toMatchObject({ technique, technique_name: name });
    expect((scans[0]?.potentials_v.length ?? 0) > 0).toBe(technique === "cv" || technique === "lsv");
  });

  it("the column line is found by its names, whatever line 2 counts", () => {
    expect(scansOf(CV.replace("lines : 12", "lines : 3"))).toEqual(scansOf(CV));
    expect(scansOf(CV.replace("Device", "One more line\n\nDevice"))).toHaveLength(2);
  });

  it("the current may be a mean or a single sample, in any unit", () => {
    for (const [name, factor] of [
      ["I/mA", 1e-3],
      ["<I>/A", 1],
      ["I/µA", 1e-6],
    ] as const) {
      const scan = onlyScan(with_(ECLAB_CV, ECLAB_TABLE.slice(0, 3)).replace("<I>/mA", name));
      expect(curveOf(scan).a[1]).toBeCloseTo(2e-3 * factor, 15);
    }
  });

  it("SWV needs its difference current, and each half has a unit of its own", () => {
    const header = ECLAB_CV.with(3, "Square Wave Voltammetry");
    const table = [
      "Ewe/V\tI/mA\tI forward/mA\tI reverse/mA\tI delta/µA",
      "0.1\t9\t3E-3\t1E-3\t2",
      "0.2\t9\t5E-3\t2E-3\t3",
    ];
    const scan = onlyScan(with_(header, table));
    expect(curveOf(scan)).toEqual({ v: [0.1, 0.2], a: [2e-6, 3e-6] });
    expect(scan.electrodes[0]?.forward_a).toEqual(Float64Array.of(3e-6, 5e-6));
    const without = table.map((line) => line.split("\t").slice(0, 4).join("\t"));
    expect(failureOf(with_(header, without))).toMatchObject({ code: "missing_column", line: 12 });
  });

  it("a rate that differs between steps of a sequence is left out", () => {
    const two = CV.replace("20.000              ", "20.000              50.000              ");
    expect(scansOf(two)[0]).not.toHaveProperty("scan_rate_v_s");
  });

  it("a date that fits either way round is left out, and said to be", () => {
    const scan = scansOf(CV.replace("07/29/2020", "07/09/2020"))[0];
    expect(scan).not.toHaveProperty("started_at");
    expect(scan?.warnings.join()).toContain("07/09/2020");
    const named = onlyScan(
      CV.replace("07/29/2020", "07/09/2020").replace("Cyclic Voltammetry", "Chronoamperometry"),
    );
    expect(named.warnings.join()).toContain("07/09/2020");
  });

  it("the technique's own start counts before the acquisition's", () => {
    const both = CV.replace("Device", "Technique started on : 07/29/2020 10:35:00.5\nDevice");
    expect(scansOf(both)[0]?.started_at).toBe("2020-07-29T10:35:00");
  });
});

describe("an export of chosen columns, without a header", () => {
  it.each([
    ["Ewe/V\t<I>/mA\t", ["0.1\t1", "0.5\t2", "0.2\t3"], "cv"],
    ["Ewe/V\t<I>/mA", ["0.1\t1", "0.2\t2", "0.5\t3"], "lsv"],
    ["Ewe/V\tI/mA\tcycle number", ["0.1\t1\t1", "0.2\t2\t1", "0.3\t3\t1"], "cv"],
  ])("%j is told by its sweep, with a warning", (names, rows, technique) => {
    const scan = onlyScan(with_([], [names, ...rows]));
    expect(scan.technique).toBe(technique);
    expect(scan.warnings.join()).toMatch(/does not name its technique/);
    expect(curveOf(scan).a[0]).toBe(1e-3);
  });

  it("of impedance is named", () => {
    expect(onlyScan("freq/Hz\tEwe/V\tRe(Z)/Ohm\n1\t2\t3\n").technique).toBe("eis");
  });
});

describe("what is missing is said", () => {
  it.each([
    ["<I>/mA", "Q/C", /no column <I>\/mA/],
    ["Ewe/V", "Ece/V", /no column Ewe\/V/],
  ])("a column %s", (from, to, message) => {
    const failure = failureOf(CV.replace(from, to));
    expect(failure).toMatchObject({ code: "missing_column", line: 12 });
    expect(failure.message).toMatch(message);
  });

  it.each([
    ["half the header", CV.slice(0, 120)],
    ["half the column line", CV.slice(0, CV.indexOf("cycle number"))],
    ["no rows", CV.slice(0, CV.indexOf("2\t0.1"))],
    ["half a row", CV.slice(0, CV.indexOf("2\t0.1") + 8)],
  ])("%s", (_, content) => {
    expect(failureOf(content)).toMatchObject({ code: "incomplete_file" });
  });

  it("a last row without its line end counts when the cells that are read are whole", () => {
    expect(scansOf(CV.trimEnd())).toEqual(scansOf(CV));
    const cut = scansOf(`${CV}2\t0.5\t5.0E-002\t5.0E-003\t2.0E`);
    expect(cut.map(curveOf).map(({ v }) => v)).toEqual([
      [0.1, 0.2],
      [0.15, 0.1],
    ]);
    expect(cut[0]?.warnings.join()).toMatch(/no line end/);
  });

  it("more columns than a table has", () => {
    const wide = `Ewe/V\t<I>/mA${"\tx".repeat(500)}\n1\t2\n`;
    expect(failureOf(wide)).toMatchObject({ code: "unsupported_format", line: 1 });
  });

  it("nothing proves that the file is finished", () => {
    expect(isComplete(utf8(CV))).toBe(false);
  });
});

it("decimal commas are understood in header and rows", () => {
  const text = CV.replaceAll(/(\d)\.(\d)/g, "$1,$2").replace("10:31:01,000", "10:31:01.000");
  expect(scansOf(text)).toEqual(scansOf(CV));
});

it("files of its sister program are its own", () => {
  expect(detectFormat(utf8(CV.replace("EC-Lab", "BT-Lab")))?.name).toBe("eclab-text");
});
