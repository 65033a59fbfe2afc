import { describe, expect, it } from "vitest";
import { isComplete } from "../../../shared/formats/registry.ts";
import { curveOf, failureOf, lines, NOVA, onlyScan, scansOf, utf8, windows1252 } from "./format-sample.ts";

describe("a NOVA export", () => {
  it("with a column of scans is a CV, one scan for each", () => {
    const scans = scansOf(lines(NOVA));
    expect(scans.map(({ cycle, technique, warnings }) => ({ cycle, technique, warnings }))).toEqual([
      { cycle: 1, technique: "cv", warnings: [] },
      { cycle: 2, technique: "cv", warnings: [] },
    ]);
    expect(scans.map(curveOf)).toEqual([
      { v: [0.1, 0.2], a: [1e-6, 2e-6] },
      { v: [0.1, 0.2], a: [-1e-6, -2e-6] },
    ]);
  });

  it("with tabs and decimal points reads the same", () => {
    const tabs = lines(NOVA).replaceAll(",", ".").replaceAll(";", "\t");
    expect(scansOf(`\uFEFF${tabs}`)).toEqual(scansOf(lines(NOVA)));
    expect(scansOf(windows1252(lines(NOVA)))).toEqual(scansOf(lines(NOVA)));
  });

  it.each([
    ["turns", ["0", "0.2", "0.4", "0.1"], "cv"],
    ["runs one way", ["0", "0.2", "0.4", "0.5"], "lsv"],
    ["is held", ["0.5", "0.501", "0.4995", "0.5"], "ca"],
  ])("a potential that %s tells the technique, with a warning", (_, potentials, technique) => {
    const rows = potentials.map((potential, row) => `${row}\t${potential}\t1E-6`);
    const [scan, ...others] = scansOf(lines(["Time (s)\tWE(1).Potential (V)\tWE(1).Current (A)", ...rows]));
    expect(others).toEqual([]);
    expect(scan?.technique).toBe(technique);
    expect((scan?.warnings.join() ?? "") !== "").toBe(technique !== "ca");
  });

  it("a difference current is SWV, with its halves where they are there", () => {
    const header =
      "Potential applied (V);WE(1).δ.Current (A);WE(1).Forward.Current (A);WE(1).Backward.Current (A)";
    const scan = onlyScan(lines([header, "0,1;2E-6;3E-6;1E-6", "0,2;3E-6;5E-6;2E-6"]));
    expect(scan.technique).toBe("swv");
    expect(curveOf(scan)).toEqual({ v: [0.1, 0.2], a: [2e-6, 3e-6] });
    expect(scan.electrodes[0]?.reverse_a).toEqual(Float64Array.of(1e-6, 2e-6));
    expect(scan.warnings.join()).toMatch(/taken as Square Wave Voltammetry/);
  });

  it("with a base potential beside it, it is a differential pulse", () => {
    const scan = onlyScan(lines(["WE(1).Base.Potential (V);WE(1).δ.Current (A)", "0,1;2E-6", "0,2;3E-6"]));
    expect(scan.technique).toBe("dpv");
  });

  it("every working electrode has its number", () => {
    const header = "Potential applied (V);WE(1).Current (A);WE(2).Current (A);Scan";
    const scan = onlyScan(lines([header, "0,1;1E-6;2E-6;1", "0,2;3E-6;4E-6;1"]));
    expect(scan.electrodes.map(({ electrode, currents_a }) => [electrode, ...currents_a])).toEqual([
      [1, 1e-6, 3e-6],
      [2, 2e-6, 4e-6],
    ]);
  });

  it("impedance and a current against time alone are named", () => {
    expect(onlyScan("Index;Frequency (Hz);Z' (Ω)\n1;2;3\n").technique).toBe("eis");
    expect(onlyScan("Time (s);WE(1).Current (A)\n1;2\n").technique).toBe("ca");
  });

  it.each([
    ["Potential applied (V);Time (s);Scan", /no column WE\(1\)\.Current/],
    ["Time (s);WE(1).Current (A);Scan", /no column Potential applied/],
    ["Potential applied (V);WE(1).Current (mA);Scan", /no column WE\(1\)\.Current \(A\)/],
  ])("%s lacks a column", (header, message) => {
    const failure = failureOf(lines([header, "1;2;3"]));
    expect(failure).toMatchObject({ code: "missing_column", line: 1 });
    expect(failure.message).toMatch(message);
  });

  it("bad rows are left out and counted; a cut row is not used", () => {
    const [first] = scansOf(lines([...NOVA.slice(0, 3), "0,3;1,2;---;1;3;10 µA", "0,4;1,3;4E-06;1;4;10 µA"]));
    expect(first && curveOf(first).v).toEqual([0.1, 0.2, 0.4]);
    expect(first?.warnings).toEqual([
      "1 row was left out because of a missing or unreadable cell; the first: line 4, column WE(1).Current (A).",
    ]);
    const cut = onlyScan(`${lines(NOVA.slice(0, 3))}0,3;1,2;3E-0`);
    expect(curveOf(cut).v).toEqual([0.1, 0.2]);
  });

  it.each([
    ["no rows", "Potential applied (V);WE(1).Current (A)\r\n"],
    ["half a line of names", "Potential applied (V);WE(1).Cur"],
  ])("%s: still growing", (_, content) => {
    expect(failureOf(content)).toMatchObject({ code: "incomplete_file" });
    expect(isComplete(utf8(content))).toBe(false);
  });
});
