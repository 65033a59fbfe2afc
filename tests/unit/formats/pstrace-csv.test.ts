import { describe, expect, it } from "vitest";
import { isComplete, parseFile } from "../../../shared/formats/registry.ts";
import {
  curveOf,
  failureOf,
  lines,
  onlyScan,
  PSTRACE,
  scansOf,
  utf8,
  utf16,
  windows1252,
} from "./format-sample.ts";

const TEXT = lines(PSTRACE);
const short = (titles: string, units: string, ...rows: string[]) => lines([titles, units, ...rows]);

describe("a PSTrace export", () => {
  it("has a scan for each curve, of the length that the curve has", () => {
    const scans = scansOf(TEXT);
    expect(scans.map(({ cycle }) => cycle)).toEqual([1, 2]);
    expect(scans.map(curveOf)).toEqual([
      { v: [0.1, 0.2, 0.1], a: [1e-6, 2e-6, 3e-6] },
      { v: [0.1, 0.2], a: [-1e-6, -2e-6] },
    ]);
    for (const scan of scans) {
      expect(scan).toMatchObject({
        technique: "cv",
        technique_name: "Cyclic Voltammetry",
        started_at: "2020-07-10T16:59:57",
        warnings: [],
      });
    }
  });

  it("in UTF-16 with a mark alone on its last line, as older versions write it", () => {
    const content = utf16(`\uFEFF${TEXT}\uFEFF\r\n`);
    expect(parseFile(content)).toMatchObject({ ok: true, format: "pstrace-csv", encoding: "utf-16le" });
    expect(scansOf(content)).toEqual(scansOf(TEXT));
  });

  it("in its short form, in Windows-1252, with a spare delimiter", () => {
    const content = windows1252(
      short("CV i vs E Scan 1,,CV i vs E Scan 2,", "V,µA,V,µA", "0.1,1,0.1,2,", "0.2,3,0.2,4,"),
    );
    expect(scansOf(content).map(curveOf)).toEqual([
      { v: [0.1, 0.2], a: [1e-6, 3e-6] },
      { v: [0.1, 0.2], a: [2e-6, 4e-6] },
    ]);
    expect(scansOf(content)[0]).toMatchObject({ technique: "cv", cycle: 1 });
  });

  it.each([
    ["A", 1],
    ["mA", 1e3],
    ["µA", 1e6],
    ["μA", 1e6],
    ["uA", 1e6],
    ["nA", 1e9],
    ["pA", 1e12],
  ])("currents in %s come out in A", (unit, divisor) => {
    expect(curveOf(onlyScan(short("SWV i vs E,", `V,${unit}`, "0.1,2.5", "0.2,-3"))).a).toEqual([
      2.5 / divisor,
      -3 / divisor,
    ]);
  });

  it.each([
    ["SWV i vs E", "swv", "Square Wave Voltammetry"],
    ["DPV i vs E", "dpv", "Differential Pulse Voltammetry"],
    ["LSV i vs E", "lsv", "Linear Sweep Voltammetry"],
    ["Square Wave Voltammetry [3]: SWV I vs E [3]", "swv", "Square Wave Voltammetry"],
    ["Fast Cyclic Voltammetry: FCV i vs E Channel 3", "cv", "Fast Cyclic Voltammetry"],
    ["CA i vs t", "ca", "Chronoamperometry"],
    ["Chronopotentiometry: CP E vs t", "other", "Chronopotentiometry"],
    ["my curve", "other", "my curve"],
    ["constructor i vs E", "other", "constructor i vs E"],
  ])("%s is %s", (title, technique, technique_name) => {
    const units = technique === "ca" ? "s,µA" : "V,µA";
    expect(onlyScan(short(`${title},`, units, "0.1,1", "0.2,2"))).toMatchObject({
      technique,
      technique_name,
    });
  });

  it("a channel is an electrode, and channels of one sweep are one scan", () => {
    const channels = short(
      "SWV i vs E Channel 2,,SWV i vs E Channel 5,",
      "V,µA,V,µA",
      "0.1,1,0.1,2",
      "0.2,3,0.2,4",
    );
    expect(onlyScan(channels).electrodes).toEqual([
      { electrode: 2, currents_a: Float64Array.of(1e-6, 3e-6) },
      { electrode: 5, currents_a: Float64Array.of(2e-6, 4e-6) },
    ]);
    expect(scansOf(channels.replace("0.2,4", "0.21,4"))).toHaveLength(2);
    const cycles = "CV i vs E Scan 1 Channel 2,,CV i vs E Scan 2 Channel 5,";
    expect(scansOf(channels.replace(/^.*/, cycles)).map(({ cycle }) => cycle)).toEqual([1, 2]);
  });

  it("forward and reverse curves are halves of the net one, never scans of their own", () => {
    const scan = onlyScan(
      short(
        "SWV i vs E,,SWV i forward vs E,,SWV i reverse vs E,",
        "V,µA,V,µA,V,µA",
        "0.1,1,0.1,3,0.1,2",
        "0.2,2,0.2,5,0.2,3",
      ),
    );
    expect(scan.electrodes[0]).toEqual({
      electrode: 1,
      currents_a: Float64Array.of(1e-6, 2e-6),
      forward_a: Float64Array.of(3e-6, 5e-6),
      reverse_a: Float64Array.of(2e-6, 3e-6),
    });
  });

  it("a charge beside a current is passed over, and alone is a missing column", () => {
    const both = onlyScan(
      short("CV i vs E Scan 1,,CV Charge vs E,", "V,µA,V,µC", "0.1,1,0.1,2", "0.2,3,0.2,4"),
    );
    expect(both.warnings.join()).toContain('"CV Charge vs E" (V, µC)');
    expect(failureOf(short("CV Charge vs E,", "V,µC", "0.1,1", "0.2,2"))).toMatchObject({
      code: "missing_column",
    });
    expect(failureOf(short("CV i vs t,", "s,µA", "0.1,1", "0.2,2"))).toMatchObject({
      code: "missing_column",
      line: 2,
    });
  });

  it("impedance below the curves is named, and so is impedance alone", () => {
    const impedance = [
      "Measurement:,Impedance Spectroscopy",
      "CH 3: Fixed at 2 freqs",
      "freq / Hz,neg. Phase / °",
      "1000,-40",
    ];
    expect(scansOf(TEXT + lines(impedance)).map(({ technique }) => technique)).toEqual(["cv", "cv", "eis"]);
    expect(onlyScan(lines(["Date and time:,2020-07-10 17:21:23", ...impedance]))).toMatchObject({
      technique: "eis",
      electrodes: [],
    });
  });

  it("a date that fits either way round is left out, and said to be", () => {
    const [first] = scansOf(TEXT.replaceAll("2020-07-10 16:59:57", "07-10-2020 16:59:57"));
    expect(first).not.toHaveProperty("started_at");
    expect(first?.warnings.join()).toContain("07-10-2020");
    expect(scansOf(TEXT.replaceAll("2020-07-10 16:59:57", "28-9-2023 4:59:57 PM"))[0]?.started_at).toBe(
      "2023-09-28T16:59:57",
    );
  });
});

describe("what cannot be read is left out or refused, with its place", () => {
  it("bad cells cost their pair only, and are counted", () => {
    const scans = scansOf(
      TEXT.replace("2.0E-001,2.0E+000", "2.0E-001,overload").replace("1.0E-001,3.0E+000", "nan,3"),
    );
    expect(scans.map(curveOf).map(({ v }) => v)).toEqual([[0.1], [0.1, 0.2]]);
    expect(scans[0]?.warnings).toEqual([
      "2 rows were left out because of a missing or unreadable cell; the first: line 8, column µA.",
    ]);
  });

  it.each(["1e999", "-1e999", "nan", "Infinity", "1.5A", "1 2"])("%s is no current", (cell) => {
    const scan = onlyScan(short("CV i vs E,", "V,µA", "0.1,1", `0.2,${cell}`, `${cell},3`, "0.3,2"));
    expect(curveOf(scan).v).toEqual([0.1, 0.3]);
    expect(scan.warnings.join()).toMatch(/^2 rows were left out/);
  });

  it("decimal commas between commas are never read as cells", () => {
    expect(failureOf(short("CV i vs E,", "V,µA", "0,1,1,5", "0,2,1,6"))).toMatchObject({
      code: "unsupported_format",
      line: 3,
    });
    expect(curveOf(onlyScan(short("CV i vs E;", "V;µA", "0,1;1,5", "0,2;1,6")))).toEqual({
      v: [0.1, 0.2],
      a: [1.5 / 1e6, 1.6 / 1e6],
    });
  });

  it("a last number without its line end may be cut", () => {
    // `3.0` of `3.0E+000` reads as a number, too: only the line end tells.
    for (const letters of [1, 3, 5]) {
      const cut = scansOf(TEXT.slice(0, TEXT.lastIndexOf("3.0E") + letters));
      expect(cut.map(curveOf).map(({ v }) => v.length)).toEqual([2, 2]);
      expect(cut[0]?.warnings.join()).toMatch(/no line end/);
    }
  });

  it.each([
    ["a header alone", TEXT.slice(0, 60)],
    ["no units yet", TEXT.slice(0, TEXT.indexOf("V,µA,V") + 4)],
    ["no rows yet", TEXT.slice(0, TEXT.indexOf("1.0E-001"))],
  ])("%s: still growing", (_, content) => {
    expect(failureOf(content)).toMatchObject({ code: "incomplete_file" });
    expect(isComplete(utf8(content))).toBe(false);
  });

  it("nothing proves that the file is finished", () => expect(isComplete(utf8(TEXT))).toBe(false));
});
