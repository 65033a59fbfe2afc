import { describe, expect, it } from "vitest";
import { DEFAULT_LIFETIME_PARAMS, fitLifetime } from "../../../shared/electrochem/ca-lifetime.ts";
import { chiText } from "../../../shared/formats/chi-text.ts";
import { isComplete } from "../../../shared/formats/registry.ts";
import {
  chiDecay,
  eclabDecay,
  gamryDecay,
  novaDecay,
  pstraceDecay,
  someDecay,
} from "../../support/decay-files.ts";
import { bytes, file } from "./chi-sample.ts";
import {
  failureOf,
  lines,
  onlyScan,
  scansOf,
  session,
  sessionCurve,
  sessionMeasurement,
  utf8,
} from "./format-sample.ts";

const ONE = someDecay();
const TWO = someDecay(2);
const SECONDS = { type: "PalmSens.Units.Time", s: "s" };

function sessionDecay(times_s: readonly number[], currents_a: readonly number[]): string {
  const curve = sessionCurve(
    "CA i vs t",
    times_s,
    currents_a.map((current) => current * 1e6),
  );
  const x = { ...curve.xaxisdataarray, description: "time", unit: SECONDS };
  return session(sessionMeasurement(["METHOD_ID=ad", "E=-0.3"], [{ ...curve, xaxisdataarray: x }]));
}

describe("current against time", () => {
  it.each([
    ["CH Instruments", chiDecay(ONE)],
    ["NOVA", novaDecay(ONE)],
    ["PSTrace", pstraceDecay(ONE)],
    ["a PalmSens session", sessionDecay(ONE.times_s, ONE.currents_a[0] ?? [])],
    ["Gamry", gamryDecay(ONE)],
    ["EC-Lab", eclabDecay(ONE)],
  ])("of %s is chronoamperometry with its times and currents, and its lifetime is found", (_, text) => {
    const scan = onlyScan(text);
    expect(scan).toMatchObject({ technique: "ca", warnings: [] });
    expect([...scan.potentials_v]).toEqual([]);
    expect([...(scan.times_s ?? [])]).toEqual(ONE.times_s);
    const [electrode] = scan.electrodes;
    expect(electrode?.currents_a).toHaveLength(120);
    for (const [row, current] of (electrode?.currents_a ?? []).entries()) {
      // µA and mA are printed in full and divided again: to the last bits, not to all.
      expect(Math.abs(current / (ONE.currents_a[0]?.[row] ?? 0) - 1)).toBeLessThan(1e-14);
    }
    const fit = fitLifetime(
      scan.times_s ?? new Float64Array(),
      electrode?.currents_a ?? new Float64Array(),
      DEFAULT_LIFETIME_PARAMS,
    );
    if (fit.kind !== "fitted") throw new Error(fit.reason);
    expect(Math.abs((fit.terms[0]?.lifetime_s ?? 0) / 0.2 - 1)).toBeLessThan(0.01);
  });

  it.each([
    ["CH Instruments", chiDecay(TWO)],
    ["NOVA", novaDecay(TWO)],
    ["PSTrace", pstraceDecay(TWO)],
  ])("of %s has a curve for each electrode", (_, text) => {
    const scan = onlyScan(text);
    expect(scan.electrodes.map(({ electrode }) => electrode)).toEqual([1, 2]);
    expect(scan.electrodes.map(({ currents_a }) => currents_a[0])).toEqual([
      expect.closeTo(TWO.currents_a[0]?.[0] ?? 0, 18),
      expect.closeTo(TWO.currents_a[1]?.[0] ?? 0, 18),
    ]);
  });
});

describe("a CH Instruments decay", () => {
  const text = chiDecay(ONE);

  it("is complete when its run time is reached, and not before", () => {
    expect(isComplete(utf8(text))).toBe(true);
    const rows = text.trimEnd().split("\r\n");
    for (const missing of [1, 2, 60]) {
      expect(isComplete(utf8(lines(rows.slice(0, -missing))))).toBe(false);
    }
    expect(failureOf(lines(rows.slice(0, 16))).code).toBe("incomplete_file");
  });

  it("is not complete while its last times are printed alike", () => {
    const alike = text
      .replace(/1\.190e\+0, /, "1.200e+0, ")
      .trimEnd()
      .split("\r\n")
      .slice(0, -1);
    expect(alike.at(-1)).toMatch(/^1\.200e\+0/);
    expect(isComplete(utf8(lines(alike)))).toBe(false);
  });

  it("is known by its header, by its table, and by its parameters alone", () => {
    const rows = text.split("\r\n");
    const table = rows.slice(rows.indexOf("Time/sec, Current/A"));
    const parameters = rows.slice(rows.indexOf("Init E (V) = -0.3"));
    for (const part of [table, parameters]) {
      expect(onlyScan(lines(part.slice(0, -1)))).toMatchObject({ technique: "ca", warnings: [] });
    }
  });

  it("of several steps says so, because one decay is fitted to all", () => {
    const steps = [
      "Init E (V) = 0",
      "High E (V) = 0.5",
      "Low E (V) = 0",
      "Step = 2",
      "Pulse Width (sec) = 0.02",
    ];
    const content = bytes([
      "Nov. 3, 2023   09:05:01",
      "Chronoamperometry",
      ...steps,
      "Sample Interval (s) = 0.01",
      "",
      "Time/sec, Current/A",
      "",
      "0.01, 2e-6",
      "0.02, 1e-6",
      "0.03, -2e-6",
      "0.04, -1e-6",
    ]);
    const scan = onlyScan(content);
    expect(scan.technique).toBe("ca");
    expect(scan.step_v).toBeUndefined();
    expect(scan.warnings.join()).toMatch(/2 potential steps/);
    expect(isComplete(content)).toBe(true);
  });

  it("a potential or a charge against time is none of ours, and a table without times lacks a column", () => {
    const words = (technique: string, header: string) =>
      chiText.parse(bytes(["Nov. 3, 2023   09:05:01", technique, "", header, "", "1, 2", "2, 3"]));
    expect(words("Open Circuit Potential - Time", "Time/sec, Potential/V")).toMatchObject({
      scans: [{ technique: "other", electrodes: [] }],
    });
    expect(words("Chronocoulometry", "Time/sec, Charge/C")).toMatchObject({
      scans: [{ technique: "other" }],
    });
    expect(words("Chronoamperometry", "Potential/V, Current/A")).toMatchObject({
      code: "missing_column",
      message: expect.stringContaining("Time/sec"),
    });
    // SWV files keep their potential though a time stands beside it.
    expect(onlyScan(file("Time/s, Potential/V, i1/A", ["1, -0.004, 2"])).potentials_v[0]).toBe(-0.004);
  });
});

describe("a NOVA decay", () => {
  it("counts from the begin of its own measurement where the file says it", () => {
    const scan = onlyScan(
      lines(["Time (s);Corrected time (s);WE(1).Current (A)", "10,1;0,1;2E-6", "10,2;0,2;1E-6"]),
    );
    expect([...(scan.times_s ?? [])]).toEqual([0.1, 0.2]);
  });

  it("without times is only named", () => {
    const scan = onlyScan(
      lines(["WE(1).Potential (V);WE(1).Current (A)", "0,1;1E-6", "0,1;1E-6", "0,1;1E-6"]),
    );
    expect(scan).toMatchObject({ technique: "ca", electrodes: [] });
  });
});

describe("several decays in one PSTrace file", () => {
  it("are all read, though they have one title and no date", () => {
    const scans = scansOf(lines(["CA i vs t,,CA i vs t,", "s,µA,s,µA", "0.1,3,0.1,5", "0.2,2,0.2,4"]));
    expect(scans.map(({ electrodes }) => [...(electrodes[0]?.currents_a ?? [])])).toEqual([
      [3e-6, 2e-6],
      [5e-6, 4e-6],
    ]);
  });

  it("a charge beside it is passed over, with a warning", () => {
    const scan = onlyScan(lines(["CA i vs t,,CA Q vs t,", "s,µA,s,µC", "0.1,3,0.1,5", "0.2,2,0.2,4"]));
    expect(scan.warnings.join()).toMatch(/"CA Q vs t" \(s, µC\)/);
  });
});
