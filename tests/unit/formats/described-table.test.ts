import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDescribedTable } from "../../../shared/formats/described-table.ts";
import { guessTable } from "../../../shared/formats/guess-table.ts";
import type { ParsedFile, ParseFailure, Scan } from "../../../shared/formats/scan.ts";
import type { TableDescription } from "../../../shared/formats/table-description.ts";
import { TableDescription as Schema, tableProblems } from "../../../shared/protocol/table-description.ts";
import { hasRealData, readRealFile } from "../../support/data.ts";
import { lines, utf8, utf16, windows1252 } from "./format-sample.ts";

const one = (
  electrode: number,
  current: number,
  forward: number | null = null,
  reverse: number | null = null,
) => ({
  electrode,
  current,
  forward,
  reverse,
});

const TABLE: TableDescription = {
  skip_lines: 2,
  delimiter: "\t",
  decimal_mark: ".",
  x: { column: 1, unit: "mV" },
  currents: [one(1, 2), one(2, 3)],
  current_unit: "µA",
  scan_column: null,
  missing: ["OVL", "-9999"],
};
const ROWS = ["E\tI1\tI2", "mV\tµA\tµA", "-100\t1.5\t-2.5", "-90\t1.25\t-2", "-80.5\t1e-3\t+3"];

function outcome(content: string | Uint8Array, change: Partial<TableDescription> = {}) {
  const bytes = typeof content === "string" ? utf8(content) : content;
  return parseDescribedTable(bytes, { ...TABLE, ...change }, "swv");
}
function scanOf(content: string | Uint8Array, change: Partial<TableDescription> = {}): Scan {
  const parsed = outcome(content, change);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return (parsed as ParsedFile).scans[0] as Scan; // a described table has one scan
}
function failure(content: string | Uint8Array, change: Partial<TableDescription> = {}): ParseFailure {
  const parsed = outcome(content, change);
  if (parsed.ok) throw new Error("a failure was expected");
  return parsed;
}
const numbers = ({ potentials_v, electrodes }: Scan) => ({
  v: [...potentials_v],
  a: electrodes.map(({ electrode, currents_a }) => [electrode, ...currents_a]),
});

describe("a column of scan numbers", () => {
  const CYCLES = [
    "E\tI1\tcycle",
    "mV\tµA\t",
    "-100\t1\t1",
    "-90\t2\t1",
    "-100\t3\t2",
    "-90\t4\t2",
    "-90\t5\t3",
  ];
  const table = { currents: [one(1, 2)], scan_column: 3 };

  it("makes each of them a scan; a single left-over row is none", () => {
    const parsed = outcome(lines(CYCLES), table) as ParsedFile; // a failure has no scans, so the next line fails
    expect(parsed.scans.map(({ cycle, ...scan }) => [cycle, numbers(scan)])).toEqual([
      [1, { v: [-0.1, -0.09], a: [[1, 1e-6, 2e-6]] }],
      [2, { v: [-0.1, -0.09], a: [[1, 3e-6, 4e-6]] }],
    ]);
    expect(parsed.scans[0]?.warnings).toEqual(["1 left-over row was left out: a single row is not a cycle."]);
  });

  it("that is not there is missed by its name, and is no other column", () => {
    expect(failure(lines(CYCLES), { ...table, scan_column: 4 }).message).toMatch(
      /Column 4 \(number of the scan\)/,
    );
    expect(tableProblems({ ...TABLE, scan_column: 2 })).toEqual([
      "Column 2 cannot be both current of electrode 1 and number of the scan.",
    ]);
  });

  it("is guessed where a column is called so", () => {
    expect(guessTable(utf8(lines(CYCLES)))?.table).toMatchObject({ scan_column: 3, currents: [one(1, 2)] });
  });
});

describe("a table is read as it was described", () => {
  it("columns, units and electrodes", () => {
    expect(numbers(scanOf(lines(ROWS)))).toEqual({
      v: [-0.1, -0.09, -0.0805],
      a: [
        [1, 1.5e-6, 1.25e-6, 1e-9],
        [2, -2.5e-6, -2e-6, 3e-6],
      ],
    });
    expect(scanOf(lines(ROWS)).warnings).toEqual([]);
  });

  it("difference, forward and reverse, one by one or at an even spacing", () => {
    const content = lines(["0,1,5,4,2,7,5", "1,1,6,5,2,8,6"]);
    const base = { skip_lines: 0, delimiter: ",", current_unit: "A" } as const;
    const listed = scanOf(content, { ...base, currents: [one(1, 2, 3, 4), one(2, 5, 6, 7)] });
    const spaced = scanOf(content, {
      ...base,
      currents: { electrodes: 2, spacing: 3, current: 2, forward: 3, reverse: 4 },
    });
    expect(listed.electrodes[1]).toEqual({
      electrode: 2,
      currents_a: Float64Array.of(2, 2),
      forward_a: Float64Array.of(7, 8),
      reverse_a: Float64Array.of(5, 6),
    });
    expect(spaced).toEqual(listed);
  });

  it("times for chronoamperometry, potentials for everything else", () => {
    const x = { column: 1, unit: "ms" } as const;
    const parsed = parseDescribedTable(utf8(lines(ROWS)), { ...TABLE, x }, "ca");
    expect(parsed.ok && parsed.scans[0]?.times_s).toEqual(Float64Array.of(-0.1, -0.09, -0.0805));
    expect(failure(lines(ROWS), { x })).toMatchObject({
      code: "missing_column",
      message: expect.stringMatching(/column 1 in ms; Square Wave Voltammetry needs a potential/),
    });
  });
});

describe("nothing is made up", () => {
  it("a row with a missing or unreadable cell is left out, counted, and its line named", () => {
    const scan = scanOf(lines([...ROWS, "-70\t\t3", "-60\tx\t3", "-50\t2\t3"]));
    expect(scan.potentials_v).toHaveLength(4);
    expect(scan.warnings).toEqual([
      "2 rows were left out because of a missing or unreadable cell; the first: line 6, column 2 (current of electrode 1).",
    ]);
  });

  it("words and numbers for no value are counted apart", () => {
    const scan = scanOf(lines([...ROWS, "-70\tovl\t3", "-60\t-9999\t3", "-50\t2\t3"]));
    expect(scan.potentials_v).toHaveLength(4);
    expect(scan.warnings).toEqual([
      "1 row was left out because of a word for no value; the first: line 6, column 2 (current of electrode 1).",
      "1 row was left out because of a number for no value.",
    ]);
  });

  it("an electrode whose column is not there fails the file; it never becomes zeros", () => {
    expect(failure(lines(ROWS), { currents: [one(1, 2), one(2, 7)] })).toEqual({
      ok: false,
      code: "missing_column",
      message: "Column 7 (current of electrode 2) is not there: the first row, line 3, has 3 columns.",
      line: 3,
    });
    expect(failure(lines([...ROWS.slice(0, 2), "1\t2\tOVL", "2\t2\tOVL"])).message).toBe(
      "None of the 2 rows can be used: in the first, line 3, column 3 (current of electrode 2) is no number.",
    );
  });

  it.each<[string, string, Partial<TableDescription>, string, RegExp]>([
    [
      "other decimal mark",
      lines(["0,1\t2\t3", "0,2\t2\t3"]),
      { skip_lines: 0 },
      "unsupported_format",
      /"0,1", and a number with "\."/,
    ],
    [
      "point for comma",
      lines(["0.1\t2\t3"]),
      { skip_lines: 0, decimal_mark: "," },
      "unsupported_format",
      /"0\.1"/,
    ],
    ["other delimiter", lines(["0.1;2;3"]), { skip_lines: 0 }, "unsupported_format", /"0\.1;2;3"/],
    ["only a header", lines(ROWS.slice(0, 2)), {}, "incomplete_file", /nothing yet/],
    [
      "fewer lines than are skipped",
      "x\n",
      { skip_lines: 9 },
      "incomplete_file",
      /skips 9 lines, and the file has 1/,
    ],
    ["nothing", " \r\n", {}, "empty_file", /empty/],
    ["no text", "0.1\t\u0000\u0001\t2\t3\n", {}, "bad_encoding", /zero byte/],
  ])("%s: %j", (_, content, change, code, message) => {
    const found = failure(content, change);
    expect(found.code).toBe(code);
    expect(found.message).toMatch(message);
  });

  it("a decimal comma in a table with points is a bad cell, not two numbers", () => {
    const scan = scanOf(lines(["0.1;1;2", "0.2;1,5;2", "0.3;1;2"]), { skip_lines: 0, delimiter: ";" });
    expect(scan.potentials_v).toHaveLength(2);
    const surplus = scanOf(lines(["0.1,1,2", "0.2,1,5,2", "0.3,1,2"]), { skip_lines: 0, delimiter: "," });
    expect(surplus.potentials_v).toHaveLength(2);
  });

  it("a last line without its end may be cut, and does not count", () => {
    const scan = scanOf(lines(ROWS).replace(/\r?\n$/, ""));
    expect(scan.potentials_v).toHaveLength(2);
    expect(scan.warnings).toEqual(["The last line has no line end and was left out: it may be cut."]);
  });
});

const ENCODINGS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  "UTF-8": utf8,
  "UTF-8 with a mark": (text) => utf8(`\uFEFF${text}`),
  "UTF-16LE": (text) => utf16(`\uFEFF${text}`),
  "UTF-16BE without a mark": (text) => utf16(text, true),
  "Windows-1252": windows1252,
};
const STYLES = [
  { delimiter: "\t", decimal_mark: ".", written: "\t" },
  { delimiter: "\t", decimal_mark: ",", written: "\t" },
  { delimiter: ";", decimal_mark: ",", written: ";" },
  { delimiter: ";", decimal_mark: ".", written: " ; " },
  { delimiter: ",", decimal_mark: ".", written: ", " },
  { delimiter: " ", decimal_mark: ".", written: "   " },
  { delimiter: " ", decimal_mark: ",", written: " \t " },
] as const;

describe("one table, written in every way", () => {
  const wanted = numbers(scanOf(lines(ROWS)));
  const renderings = STYLES.flatMap((style) =>
    Object.entries(ENCODINGS).flatMap(([encoding, encode]) =>
      ["\r\n", "\n", "\r"].flatMap((end) =>
        [false, true].map((quoted) => ({ style, encoding, encode, end, quoted })),
      ),
    ),
  );

  it(`gives the same numbers in each of ${renderings.length} renderings`, () => {
    expect(renderings.length).toBeGreaterThanOrEqual(40);
    for (const { style, encoding, encode, end, quoted } of renderings) {
      const cell = (text: string) => {
        const marked = text.replace(".", style.decimal_mark);
        return quoted ? `"${marked}"` : marked;
      };
      const text = ROWS.map((row) => row.split("\t").map(cell).join(style.written));
      const { delimiter, decimal_mark } = style;
      const scan = scanOf(encode(lines(text, end)), { delimiter, decimal_mark });
      expect(numbers(scan), JSON.stringify({ style, encoding, end, quoted })).toEqual(wanted);
    }
  });
});

describe("whatever is written comes back", () => {
  const value = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
  it("numbers, bit by bit, from any described layout", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(...STYLES),
        fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 3, maxLength: 3 }),
        fc.nat(4),
        (rows, { delimiter, decimal_mark, written }, places, skip_lines) => {
          const [x = 1, a = 2, b = 3] = places;
          const text = rows.map((row) => {
            const cells = Array.from({ length: 6 }, () => "text");
            for (const [index, place] of places.entries())
              cells[place - 1] = String(row[index]).replace(".", decimal_mark);
            return cells.join(written);
          });
          const header = Array.from({ length: skip_lines }, () => "1 2 3 4 5 6 7");
          const scan = scanOf(lines([...header, ...text]), {
            skip_lines,
            delimiter,
            decimal_mark,
            x: { column: x, unit: "V" },
            currents: [one(1, a), one(2, b)],
            current_unit: "A",
            scan_column: null,
            missing: [],
          });
          expect(numbers(scan)).toEqual({
            v: rows.map(([v]) => v + 0),
            a: [
              [1, ...rows.map(([, i]) => i + 0)],
              [2, ...rows.map(([, , i]) => i + 0)],
            ],
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("a description that cannot be right is refused", () => {
  it.each<[Partial<TableDescription>, RegExp]>([
    [{ delimiter: ",", decimal_mark: "," }, /comma cannot both/],
    [{ currents: [one(1, 1)] }, /Column 1 cannot be both potential and current of electrode 1/],
    [{ currents: [one(1, 2), one(1, 3)] }, /Electrode 1 has two/],
    [
      { currents: { electrodes: 3, spacing: 1, current: 2, forward: 3, reverse: null } },
      /Column 3 cannot be both/,
    ],
  ])("%j", (change, message) => {
    expect(tableProblems({ ...TABLE, ...change })[0]).toMatch(message);
    expect(Schema.safeParse({ ...TABLE, ...change }).success).toBe(false);
  });

  it("what is left out gets its default", () => {
    const least = { delimiter: "\t", x: { column: 1 }, currents: [{ electrode: 1, current: 2 }] };
    expect(Schema.parse(least)).toEqual({
      skip_lines: 0,
      delimiter: "\t",
      decimal_mark: ".",
      x: { column: 1, unit: "V" },
      currents: [one(1, 2)],
      current_unit: "A",
      scan_column: null,
      missing: [],
    });
  });

  it("the longest one fits into what an agent carries, beside the rest of its session", () => {
    const currents = Array.from({ length: 24 }, (_, i) =>
      one(900 + i, 900 + 3 * i, 901 + 3 * i, 902 + 3 * i),
    );
    const missing = Array.from({ length: 8 }, () => "x".repeat(16));
    const longest = Schema.parse({ ...TABLE, currents, missing });
    expect(JSON.stringify(longest).length).toBeLessThan(2_200);
  });
});

describe.runIf(hasRealData())("a real table that no format knows", () => {
  it("with the same name above two currents", () => {
    const scan = scanOf(readRealFile("other-text/PadraoK3_Gaiola_cell3eletrodos.txt"), {
      skip_lines: 1,
      x: { column: 1, unit: "V" },
    });
    expect(scan.potentials_v).toHaveLength(1000);
    expect(numbers(scan).a.map((row) => row.slice(0, 3))).toEqual([
      [1, 0.13 / 1e6, 0.102 / 1e6],
      [2, 7.04 / 1e6, 6.998 / 1e6],
    ]);
  });
});
