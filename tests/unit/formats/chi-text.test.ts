import { describe, expect, it } from "vitest";
import { chiText } from "../../../shared/formats/chi-text.ts";
import { bytes, failureOf, file, HEAD, ROWS, SWV, scanOf } from "./chi-sample.ts";

describe("the table header tells which column belongs to which electrode", () => {
  it.each([
    ["Potential/V, Diff(i/A), For(i/A), Rev(i/A)", [1]],
    ["Potential/V, Diff(i)/A, For(i)/A, Rev(i)/A", [1]],
    ["Potential/V, i1d/A, i1f/A, i1r/A", [1]],
    ["Potential/V, i5d/A, i5f/A, i5r/A", [5]],
    ["Potential/V\ti3d/A\ti3f/A\ti3r/A", [3]],
  ])("%s", (header, electrodes) => {
    const separator = header.includes("\t") ? "\t" : ", ";
    const scan = scanOf(file(header, [["-0.004", "1e-6", "3e-6", "2e-6"].join(separator)]));
    expect(scan.electrodes.map(({ electrode }) => electrode)).toEqual(electrodes);
    expect(scan.electrodes[0]).toMatchObject({
      currents_a: Float64Array.of(1e-6),
      forward_a: Float64Array.of(3e-6),
      reverse_a: Float64Array.of(2e-6),
    });
  });

  it("electrode numbers need be neither consecutive nor in order", () => {
    const scan = scanOf(
      file("Potential/V, i7d/A, i7f/A, i7r/A, i2d/A, i2f/A, i2r/A", ["0, 1, 2, 3, 4, 5, 6"]),
    );
    expect(scan.electrodes).toEqual([
      {
        electrode: 7,
        currents_a: Float64Array.of(1),
        forward_a: Float64Array.of(2),
        reverse_a: Float64Array.of(3),
      },
      {
        electrode: 2,
        currents_a: Float64Array.of(4),
        forward_a: Float64Array.of(5),
        reverse_a: Float64Array.of(6),
      },
    ]);
  });

  it("net currents alone have no forward and reverse, and time is no electrode", () => {
    const scan = scanOf(file("Potential/V, i1/A, i2/A, Time/s", ["0.1, 1e-7, 2e-7, 3.0"]));
    expect(scan.electrodes).toEqual([
      { electrode: 1, currents_a: Float64Array.of(1e-7) },
      { electrode: 2, currents_a: Float64Array.of(2e-7) },
    ]);
  });

  it("a column that nobody knows is named, not guessed", () => {
    const scan = scanOf(file("Potential/V, Current/A, Charge/C", ["0.1, 1e-7, 5"]));
    expect(scan.electrodes).toHaveLength(1);
    expect(scan.warnings.join()).toContain("Charge/C");
  });
});

describe("a missing electrode column is an error, never zeros", () => {
  it("when an electrode has only forward and reverse", () => {
    const failure = failureOf(file("Potential/V, i1d/A, i1f/A, i1r/A, i2f/A, i2r/A", ["0, 1, 2, 3, 4, 5"]));
    expect(failure).toMatchObject({ code: "missing_column", line: 16 });
    expect(failure.message).toContain("i2d/A");
  });

  it("when there is no current at all", () => {
    expect(failureOf(file("Potential/V, Time/s", ["0, 1"]))).toMatchObject({ code: "missing_column" });
  });

  it("when the header names it and no row has it", () => {
    const failure = failureOf(file("Potential/V, i1/A, i2/A", ["0.1, 1e-7", "0.2, 1e-7"]));
    expect(failure).toMatchObject({ code: "missing_column", line: 18 });
    expect(failure.message).toContain("i2/A");
  });

  it("an electrode that the header says was scanned is missed in the warnings", () => {
    const scan = scanOf(file("Potential/V, i1/A", ["0, 1"], [...SWV, "E2 Scan On", ""]));
    expect(scan.warnings.join()).toMatch(/electrode 2 was scanned/);
  });
});

describe("parameters, clock and model come from the header", () => {
  it("in any order, among lines that nobody knows", () => {
    const parameters = [
      "New Setting (x) = 7",
      "Frequency (Hz) = 12.5",
      "Incr E (V) = 1e-3",
      "Amplitude (V) = .025",
      "",
    ];
    const scan = scanOf(
      bytes([
        ...HEAD.slice(0, 3),
        "Data Proc:  Smoothing",
        ...HEAD.slice(3),
        ...parameters,
        "Potential/V, i1/A",
        "",
        "0, 1",
      ]),
    );
    expect(scan).toMatchObject({
      technique: "swv",
      technique_name: "Square Wave Voltammetry",
      frequency_hz: 12.5,
      step_v: 1e-3,
      amplitude_v: 0.025,
      started_at: "2023-09-28T14:42:59",
      instrument: "CHI1040C",
      warnings: [],
    });
  });

  it.each([
    ["Jan. 1, 2021   01:02:03", "2021-01-01T01:02:03"],
    ["May 18, 2017   12:49:06", "2017-05-18T12:49:06"],
    ["June 30, 2019   9:00:00", "2019-06-30T09:00:00"],
    ["Sept. 5, 2023   14:42:59", "2023-09-05T14:42:59"],
    ["Dec. 31, 2005   23:59:59", "2005-12-31T23:59:59"],
    ["28.09.2023   14:42:59", undefined],
    ["Sept. 40, 2023   14:42:59", undefined],
  ])("clock %j is %j", (line, started_at) => {
    const scan = scanOf(bytes([line, ...HEAD.slice(1), ...SWV, "Potential/V, i1/A", "0, 1"]));
    expect(scan.started_at).toBe(started_at);
    expect(scan.technique).toBe("swv");
  });

  it("a frequency of zero is no frequency", () => {
    const scan = scanOf(file("Potential/V, i1/A", ROWS, ["Frequency (Hz) = 0", "Incr E (V) = abc"]));
    expect(scan).not.toHaveProperty("frequency_hz");
    expect(scan).not.toHaveProperty("step_v");
  });
});

describe("the technique", () => {
  it.each([
    ["Square Wave Voltammetry", "swv"],
    ["Differential Pulse Voltammetry", "dpv"],
    ["Cyclic Voltammetry", "cv"],
    ["Linear Sweep Voltammetry", "lsv"],
    ["A.C. Impedance", "eis"],
    ["Impedance - Potential", "eis"],
    ["Amperometric i-t Curve", "ca"],
    ["Chronoamperometry", "ca"],
    ["Differential Normal Pulse Voltammetry", "other"],
    ["Open Circuit Potential - Time", "other"],
  ])("%s is %s, by its name in line 2", (name, technique) => {
    const x = technique === "ca" ? "Time/sec" : "Potential/V";
    const scan = scanOf(bytes([HEAD[0] ?? "", name, ...HEAD.slice(2), `${x}, Current/A`, "", "0.1, 1e-6"]));
    expect(scan).toMatchObject({ technique, technique_name: name });
    const isAnalysed = technique !== "eis" && technique !== "other";
    expect((scan.times_s ?? scan.potentials_v).length).toBe(isAnalysed ? 1 : 0);
  });

  it.each([
    [
      ["Init E (V) = 0.1", "High E (V) = 0.2", "Low E (V) = -0.5", "Scan Rate (V/s) = 0.1"],
      "Potential/V, Current/A",
      "cv",
    ],
    [
      [
        "Init E (V) = 0.1",
        "Final E (V) = -0.5",
        "Incr E (V) = 0.001",
        "Amplitude (V) = 0.02",
        "Frequency (Hz) = 15",
      ],
      "Potential/V, i1/A",
      "swv",
    ],
    [
      [
        "Init E (V) = 0.1",
        "Final E (V) = 0",
        "Incr E (V) = 0.02",
        "Amplitude (V) = 0.05",
        "Pulse Width (sec) = 0.05",
      ],
      "Potential/V, Current/A",
      "dpv",
    ],
    [["Init E (V) = 0.1", "Final E (V) = 0", "Scan Rate (V/s) = 0.02"], "Potential/V, Current/A", "lsv"],
    [[], "Potential/V, i1d/A, i1f/A, i1r/A", "swv"],
    [[], "Potential/V, Current/A", "other"],
  ])(
    "%j is told by parameters and columns where the header has no words",
    (parameters, header, technique) => {
      const content = bytes([
        ...parameters,
        "",
        header,
        "",
        "0.1, 1e-6, 1e-6, 1e-6".split(", ").slice(0, header.split(", ").length).join(", "),
      ]);
      expect(chiText.sniff(content)).toBe(true);
      expect(scanOf(content).technique).toBe(technique);
    },
  );
});

describe("the instrument's own peaks", () => {
  const results = [
    "Results:",
    "",
    "Channel 1:",
    "Difference:",
    "Ep = -0.312V",
    "ip = 4.677e-7A",
    "Ap = 5.963e-8VA",
    "",
    "Forward:",
    "Ep = -0.300V",
    "ip = 9e-7A",
    "",
    "Reverse:",
    "",
    "Channel 3:",
    "Difference:",
    "Ep = -0.2V",
    "ip = -1e-7A",
    "",
    "Channel 4:",
    "Difference:",
    "Ep = -0.1V",
    "ip = -1e-7A",
    "",
  ];

  it("are those of the difference current, for the electrodes that the table has", () => {
    const scan = scanOf(file("Potential/V, i1/A, i3/A", ["0, 1, 2"], [...SWV, ...results]));
    expect(scan.instrument_peaks).toEqual([
      { electrode: 1, potential_v: -0.312, height_a: 4.677e-7 },
      { electrode: 3, potential_v: -0.2, height_a: -1e-7 },
    ]);
  });

  it("are left out where nothing tells the electrode", () => {
    const cv = ["Segment 1:", "Ep = 0.4V", "ip = 1e-5A", "", "Ep = 0.3V", "ip = 2e-5A", ""];
    expect(scanOf(file("Potential/V, Current/A", ["0, 1"], cv)).instrument_peaks).toHaveLength(2);
    expect(scanOf(file("Potential/V, i1/A, i2/A", ["0, 1, 2"], cv))).not.toHaveProperty("instrument_peaks");
  });
});

describe("rows with a bad cell are left out, counted and reported", () => {
  it("and never let a number through that is not finite", () => {
    const scan = scanOf(
      file("Potential/V, i1/A", ["0.1, 1e-6", "0.2, ", "0.3, 1e999", "0.4, nan", "0.5, 2e-6"]),
    );
    expect(scan.potentials_v).toEqual(Float64Array.of(0.1, 0.5));
    expect(scan.electrodes[0]?.currents_a).toEqual(Float64Array.of(1e-6, 2e-6));
    expect(scan.warnings).toEqual([
      "3 rows were left out because of a missing or unreadable cell; the first: line 19, column i1/A.",
    ]);
  });

  it("and a table of which nothing can be read is refused, with the reason", () => {
    expect(failureOf(file("Potential/V, i1/A", ["0,1, 1,5e-6", "0,2, 1,6e-6"]))).toMatchObject({
      code: "unsupported_format",
      line: 18,
    });
  });
});

describe("content is recognised, never a name", () => {
  it.each([
    ["EXPLAIN\r\nTAG\tCV\r\n", false],
    ["EC-Lab ASCII FILE\nNb header lines : 58\n\nCyclic Voltammetry\n", false],
    ["V,µA\r\n0.1,2\r\n", false],
    ["", false],
    ["Sept. 28, 2023   14:42:59\r\nSqua", false],
    ["Sept. 28, 2023   14:42:59\r\nSquare Wave Voltammetry\r\n", true],
    ["Init E (V) = 0\r\n", true],
    ["a\r\nb\r\nPotential/V, Current/A\r\n", true],
  ])("%j", (text, isOurs) => {
    expect(chiText.sniff(new TextEncoder().encode(text))).toBe(isOurs);
  });
});
