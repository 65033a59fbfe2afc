import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chiText } from "../../../shared/formats/chi-text.ts";
import type { Scan } from "../../../shared/formats/scan.ts";
import { hasRealData, readRealFile } from "../../support/data.ts";
import { HEAD, ROWS, SWV } from "./chi-sample.ts";
import { lines, scansOf, utf8, utf16, windows1252 } from "./format-sample.ts";

const TABLE = "Potential/V, i1/A";
const HALF = ["-0.004, 0.5e-6", "-0.008, 1e-6", "-0.012, 1.5e-6"];
const FIRST = [...HEAD, ...SWV, TABLE, "", ...ROWS];
const SECOND = [
  "Sept. 28, 2023   14:50:00",
  ...HEAD.slice(1),
  ...SWV.map((line) => line.replace("= 100", "= 15")),
  TABLE,
  "",
  ...HALF,
];
const CV = [
  "Sept. 28, 2023   15:00:00",
  "Cyclic Voltammetry",
  ...HEAD.slice(2),
  ...["Init E (V) = 0", "High E (V) = 0.002", "Low E (V) = 0", "Segment = 1"],
  ...["Sample Interval (V) = 0.001", "Scan Rate (V/s) = 0.1", ""],
  ...["Potential/V, Current/A", "", "0.000, 1e-6", "0.001, 2e-6"],
];

/** Each with its technique, frequency and currents in µA. */
const summary = (scans: readonly Scan[]) =>
  scans.map(({ technique, frequency_hz, electrodes }) => [
    technique,
    frequency_hz,
    [...(electrodes[0]?.currents_a ?? [])].map((current) => Number((current * 1e6).toFixed(6))),
  ]);
const FIRST_READ = ["swv", 100, [1, 2, 3]];
const SECOND_READ = ["swv", 15, [0.5, 1, 1.5]];
const warningsOf = (scans: readonly Scan[]) => scans.flatMap(({ warnings }) => warnings);

describe("measurements that were appended to each other stay apart", () => {
  it("two SWV: neither's rows, frequency or clock reach the other", () => {
    const scans = scansOf(lines([...FIRST, ...SECOND]));
    expect(summary(scans)).toEqual([FIRST_READ, SECOND_READ]);
    expect(scans.map(({ started_at }) => started_at)).toEqual(["2023-09-28T14:42:59", "2023-09-28T14:50:00"]);
    expect(warningsOf(scans)).toEqual([]);
  });

  it("SWV, then CV", () => {
    const scans = scansOf(lines([...FIRST, "", ...CV]));
    expect(summary(scans)).toEqual([FIRST_READ, ["cv", undefined, [1, 2]]]);
    expect(scans[1]).toMatchObject({
      technique_name: "Cyclic Voltammetry",
      scan_rate_v_s: 0.1,
      warnings: [],
    });
  });

  it("SWV, then impedance, which is only named", () => {
    const impedance = [HEAD[0] ?? "", "A.C. Impedance", ...HEAD.slice(2), "Freq/Hz, Z'/ohm", "", "1, 2"];
    expect(summary(scansOf(lines([...FIRST, ...impedance])))).toEqual([FIRST_READ, ["eis", undefined, []]]);
  });

  it("a bare second table has the header above it, but not the peaks", () => {
    const peaks = ["Channel 1:", "Difference:", "Ep = -0.008V", "ip = 1e-6A", ""];
    const scans = scansOf(lines([...HEAD, ...SWV, ...peaks, TABLE, "", ...ROWS, TABLE, "", ...HALF]));
    expect(summary(scans)).toEqual([FIRST_READ, ["swv", 100, [0.5, 1, 1.5]]]);
    expect(scans.map((scan) => scan.instrument_peaks?.length)).toEqual([1, undefined]);
  });

  it.each([
    ["a header that begins at its parameters", SECOND.slice(8)],
    ["a header without its clock", SECOND.slice(1)],
    ["a clock of another locale", ["28.09.2023 14:50:00", ...SECOND.slice(1)]],
    ["a spreadsheet's marks", SECOND.map((line, index) => (index < 15 ? `${line},,,` : line))],
  ])("%s begins the second one", (_, second) => {
    const scans = scansOf(lines([...FIRST, ...second]));
    expect(summary(scans)).toEqual([FIRST_READ, SECOND_READ]);
    expect(warningsOf(scans)).toEqual([]);
  });

  it("a technique that nobody knows and a clock of another locale are no rows of the first", () => {
    const other = ["28.09.2023 14:50:00", "Open Circuit Potential - Time", ...HEAD.slice(2)];
    const scans = scansOf(lines([...FIRST, ...other, "Time/sec, Potential/V", "", "1, 2"]));
    expect(summary(scans)).toEqual([FIRST_READ, ["other", undefined, []]]);
    expect(scans[1]?.technique_name).toBe("Open Circuit Potential - Time");
    expect(warningsOf(scans)).toEqual([]);
  });

  it("a row that lost its line end to the next clock is named, not lost without a word", () => {
    const glued = `${lines(FIRST).trimEnd()}${lines(SECOND)}`;
    const scans = scansOf(glued);
    expect(summary(scans)).toEqual([["swv", 100, [1, 2]], SECOND_READ]);
    expect(warningsOf(scans).join()).toMatch(/1 row was left out .* line 20, column i1\/A/);
  });

  it("a header that was cut before its table gives nothing to the file behind it", () => {
    const scans = scansOf(lines([...CV.slice(0, 10), ...FIRST]));
    expect(summary(scans)).toEqual([FIRST_READ]);
    expect(scans[0]).toMatchObject({ started_at: "2023-09-28T14:42:59" });
    expect(scans[0]).not.toHaveProperty("scan_rate_v_s");
    expect(warningsOf(scans).join()).toMatch(/begins at line 1: No table header/);
  });
});

const RENDERINGS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  "Latin-1": (text) => windows1252(text.replaceAll("a_1", "µ_é")),
  "UTF-8, a mark at each begin": (text) =>
    utf8(text.replaceAll("Sept. 28", "\uFEFFSept. 28").replaceAll("a_1", "µ_é")),
  "UTF-16": (text) => utf16(`\uFEFF${text}`),
};
describe.each(Object.entries(RENDERINGS))("in %s", (_, encode) => {
  it.each([
    ["CRLF", "\r\n"],
    ["LF", "\n"],
    ["CR", "\r"],
  ])("with %s: two SWV and SWV, CV", (__, lineEnd) => {
    const read = (content: readonly string[]) => summary(scansOf(encode(lines(content, lineEnd))));
    expect(read([...FIRST, ...SECOND])).toEqual([FIRST_READ, SECOND_READ]);
    expect(read([...FIRST, ...CV])).toEqual([FIRST_READ, ["cv", undefined, [1, 2]]]);
  });

  it.each([
    ["its clock alone", 1, "No table header", 21],
    ["half of its header", 11, "No table header", 31],
    ["its table header without rows", 17, 'below "Potential/V, i1/A" has no rows', 36],
  ])("of a second one with %s the first is kept, and the line said", (__, count, message, line) => {
    const content = encode(lines([...FIRST, ...SECOND.slice(0, count)], "\r\n"));
    const scans = scansOf(content);
    expect(summary(scans)).toEqual([FIRST_READ]);
    const [warning = "", ...more] = warningsOf(scans);
    expect(more).toEqual([]);
    expect(warning).toContain("Of the file's 2 measurements 1 was left out; the first begins at line 21: ");
    expect(warning).toContain(message);
    expect(warning).toMatch(new RegExp(`\\(line ${line}\\)$`));
    expect(chiText.isComplete(content)).toBe(false);
  });

  it("a second one that is cut in its rows has those that are whole, as a file of its own would", () => {
    const text = lines([...FIRST, ...SECOND], "\r\n");
    const scans = scansOf(encode(text.slice(0, text.lastIndexOf("1.5e-6") + 2)));
    expect(summary(scans)).toEqual([FIRST_READ, ["swv", 15, [0.5, 1]]]);
    expect(scans.map(({ warnings }) => warnings.length)).toEqual([0, 1]);
  });
});

describe("what cannot be read is said once for each technique, with its line", () => {
  it("a missing column in the second, between two that are read", () => {
    const bad = SECOND.map((line) => (line === TABLE ? "Potential/V, Charge/C" : line));
    const scans = scansOf(lines([...FIRST, ...bad, ...SECOND, ...CV]));
    expect(summary(scans).map(([technique]) => technique)).toEqual(["swv", "swv", "cv"]);
    const wanted = /4 measurements 1 was left out; the first begins at line 21: .*\(line 36\)/;
    expect(scans.map(({ warnings }) => warnings.some((one) => wanted.test(one)))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("none that can be read is the first one's failure, with its line", () => {
    const none = lines([...FIRST.slice(0, 17), ...SECOND.slice(0, 17)]);
    expect(chiText.parse(utf8(none))).toMatchObject({ ok: false, code: "incomplete_file", line: 16 });
  });

  it("a bad row of the second is named by its line in the file", () => {
    const scans = scansOf(lines([...FIRST, ...SECOND, "-0.016, nan"]));
    expect(scans[1]?.warnings.join()).toContain("line 41, column i1/A");
  });

  it("more than any instrument writes are refused", () => {
    const content = utf8(lines([...FIRST, ...Array.from({ length: 5_000 }, () => TABLE)]));
    expect(chiText.parse(content)).toMatchObject({ ok: false, code: "unsupported_format" });
    expect(chiText.isComplete(content)).toBe(false);
  });
});

describe.runIf(hasRealData())("real files appended to each other", () => {
  const names = [
    "chi-swv-frequency-scan/100Hz/100_0_5.txt",
    "chi-swv-cv-interleaved/gc_1.txt",
    "chi-swv-single-electrode/Apt1.csv",
    "chi-cv/wsyxbcl--pyCV/cv_sample.txt",
    "chi-dpv/DPV-2-Trp-0min.txt",
    "chi-other-technique/exampleDataCHInstruments.txt",
  ];
  it("are each read as alone", () => {
    const texts = names.map((name) => new TextDecoder().decode(readRealFile(name)));
    expect(scansOf(texts.join(""))).toEqual(texts.flatMap((text) => scansOf(text)));
  });
});

describe("a file to which a second measurement is appended", () => {
  it.each([
    ["SWV", SECOND],
    ["CV", CV],
  ])("is complete behind the first, and then not before the %s is", (_, second) => {
    const first = lines(FIRST, "\r\n");
    const whole = first + lines(second, "\r\n");
    expect(chiText.isComplete(utf8(first))).toBe(true);
    for (let end = first.length + 1; end < whole.length - 2; end++)
      expect(chiText.isComplete(utf8(whole.slice(0, end))), `cut at ${end}`).toBe(false);
    expect(chiText.isComplete(utf8(whole))).toBe(true);
  });
});

/** A file as the instrument writes it: any technique, electrodes, header and rows. */
const someFile = fc
  .record({
    technique: fc.constantFrom("Square Wave Voltammetry", "Cyclic Voltammetry", "Amperometric i-t Curve"),
    clock: fc.constantFrom("Jan. 2, 2021   01:02:03", "June 30, 2019   9:00:00", null),
    frequency: fc.integer({ min: 1, max: 900 }),
    electrodes: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
    rows: fc.array(fc.array(fc.integer({ min: -999, max: 999 }), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 12,
    }),
    tab: fc.boolean(),
    gap: fc.boolean(),
  })
  .map(({ technique, clock, frequency, electrodes, rows, tab, gap }) => {
    const between = tab ? "\t" : ", ";
    const x = technique.startsWith("Amp") ? "Time/sec" : "Potential/V";
    const cells = (row: readonly number[]) =>
      row.slice(0, 1 + electrodes.length).map((value, column) => `${value}${column === 0 ? "e-3" : "e-9"}`);
    return [
      ...(clock === null ? [] : [clock]),
      technique,
      ...HEAD.slice(2),
      ...["Init E (V) = 0", "Final E (V) = -0.3", "Incr E (V) = 0.004", `Frequency (Hz) = ${frequency}`, ""],
      [x, ...electrodes.map((electrode) => `i${electrode}/A`)].join(between),
      "",
      ...rows.map((row) => cells(row).join(between)),
      ...(gap ? [""] : []),
    ];
  });

describe("the parse of files appended to each other is the parse of each", () => {
  it.each([
    ["CRLF", "\r\n"],
    ["LF", "\n"],
  ])("with %s", (_, lineEnd) => {
    fc.assert(
      fc.property(fc.array(someFile, { minLength: 2, maxLength: 4 }), (files) => {
        const texts = files.map((one) => lines(one, lineEnd));
        expect(scansOf(texts.join(""))).toEqual(texts.flatMap((text) => scansOf(text)));
        expect(chiText.isComplete(utf8(texts.join("")))).toBe(chiText.isComplete(utf8(texts.at(-1) ?? "")));
      }),
    );
  });
});
