import { describe, expect, it } from "vitest";
import { parseDescribedTable } from "../../../shared/formats/described-table.ts";
import type { Delimiter } from "../../../shared/formats/numeric-table.ts";
import type { Scan } from "../../../shared/formats/scan.ts";
import type { TableDescription } from "../../../shared/formats/table-description.ts";
import { HEAD, SWV } from "./chi-sample.ts";
import {
  ECLAB_CV,
  ECLAB_TABLE,
  GAMRY_SWV,
  GAMRY_SWV_TABLE,
  lines,
  NOVA,
  PSTRACE,
  SWV_METHOD,
  scansOf,
  session,
  sessionCurve,
  sessionMeasurement,
  utf8,
  utf16,
  windows1252,
} from "./format-sample.ts";

const ENCODINGS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  "UTF-8": utf8,
  "UTF-8 with a mark": (text) => utf8(`\uFEFF${text}`),
  "UTF-8 with marks at both ends": (text) => utf8(`\uFEFF${text}\uFEFF`),
  "UTF-16LE": (text) => utf16(`\uFEFF${text}`),
  "UTF-16LE without a mark": (text) => utf16(text),
  "UTF-16BE": (text) => utf16(`\uFEFF${text}`, true),
  "UTF-16BE without a mark": (text) => utf16(text, true),
  "Windows-1252": windows1252,
};
const LINE_ENDS = { CRLF: "\r\n", LF: "\n", CR: "\r" };

/** How one format may write its table: what stands between cells, and what marks decimals. */
interface Style {
  readonly delimiter: string;
  readonly mark: "." | ",";
}
const style = (delimiter: string, mark: "." | ","): Style => ({ delimiter, mark });
const withMark = (text: string, mark: string) => text.replaceAll(/(\d)\.(\d)/g, `$1${mark}$2`);

interface Format {
  readonly styles: readonly Style[];
  /** Lines of the file in that style. */
  readonly write: (style: Style) => readonly string[];
}

const FORMATS: Readonly<Record<string, Format>> = {
  "CH Instruments text": {
    styles: [
      style(", ", "."),
      style(",", "."),
      style("\t", "."),
      style("\t", ","),
      style(";", ","),
      style("  ", "."),
    ],
    write: ({ delimiter, mark }) => {
      const table = ["Potential/V|i1d/A|i1f/A|i1r/A", "-0.004|1e-6|3.5e-6|2.5e-6", "-0.008|2e-6|3e-6|1e-6"];
      const cells = table.map((line) => withMark(line, mark).replaceAll("|", delimiter));
      return [...HEAD, ...SWV.map((line) => withMark(line, mark)), ...cells];
    },
  },
  "Gamry DTA": {
    styles: [style("\t", "."), style("\t", ",")],
    write: ({ mark }) => [...GAMRY_SWV, ...GAMRY_SWV_TABLE].map((line) => withMark(line, mark)),
  },
  "EC-Lab text": {
    styles: [style("\t", "."), style("\t", ",")],
    write: ({ mark }) =>
      [...ECLAB_CV, ...ECLAB_TABLE].map((line) => (line.startsWith("Acq") ? line : withMark(line, mark))),
  },
  "NOVA ASCII": {
    styles: [style(";", ","), style(";", "."), style("\t", ","), style("\t", "."), style(",", ".")],
    write: ({ delimiter, mark }) =>
      NOVA.map((line, index) => (index === 0 ? line : line.replaceAll(",", mark)).replaceAll(";", delimiter)),
  },
  "PSTrace CSV": {
    styles: [style(",", "."), style(";", "."), style(";", ","), style("\t", "."), style("\t", ",")],
    write: ({ delimiter, mark }) => PSTRACE.map((line) => withMark(line.replaceAll(",", delimiter), mark)),
  },
  "PalmSens session": {
    styles: [style("", "."), style(" ", ".")],
    write: ({ delimiter }) => {
      const text = session(sessionMeasurement(SWV_METHOD, [sessionCurve("µ", [0.1, 0.2], [1.5, -2.5])]));
      return JSON.stringify(JSON.parse(text), null, delimiter).split("\n");
    },
  },
};

/** All but the words of warnings, which name lines and columns. */
const numbersOf = (scans: readonly Scan[]) =>
  scans.map((scan) => ({ ...scan, warnings: scan.warnings.length }));

describe.each(Object.entries(FORMATS))("one %s file, written in every way", (_, { styles, write }) => {
  const [first] = styles;
  const wanted = numbersOf(scansOf(lines(write(first ?? style(",", ".")))));
  const renderings = styles.flatMap((one) =>
    Object.entries(ENCODINGS).flatMap(([encoding, encode]) =>
      Object.entries(LINE_ENDS).map(([ends, lineEnd]) => ({
        name: `${encoding}, ${ends}, ${JSON.stringify(one)}`,
        content: encode(lines(write(one), lineEnd)),
      })),
    ),
  );

  it(`gives the same numbers in each of ${renderings.length} renderings`, () => {
    expect(renderings.length).toBeGreaterThanOrEqual(40);
    expect(wanted[0]?.potentials_v.length).toBeGreaterThan(1);
    for (const { name, content } of renderings) expect(numbersOf(scansOf(content)), name).toEqual(wanted);
  });
});

/** How a person finds a table that no format knows, and says so. */
interface Written {
  readonly delimiter: Delimiter;
  /** What stands between the cells: where blanks delimit, any run of them. */
  readonly between: string;
  readonly mark: "." | ",";
  readonly x_unit: "V" | "mV";
  readonly current_unit: "A" | "mA" | "µA" | "nA" | "pA";
  /** From one electrode's current to the next one's. */
  readonly spacing: number;
}

const DELIMITERS = [
  ...[
    style(", ", "."),
    style(",", "."),
    style("\t", "."),
    style("\t", ","),
    style(";", "."),
    style(" ; ", ","),
  ],
  ...[style("  ", "."), style(" \t", ",")],
];
const UNITS = [
  { x_unit: "V", current_unit: "A" },
  { x_unit: "mV", current_unit: "mA" },
  { x_unit: "mV", current_unit: "µA" },
  { x_unit: "V", current_unit: "nA" },
  { x_unit: "mV", current_unit: "pA" },
] as const;
const WRITTEN: readonly Written[] = DELIMITERS.flatMap(({ delimiter: between, mark }) =>
  UNITS.flatMap((units) =>
    [1, 2, 3].map((spacing): Written => {
      const delimiter = ([",", ";", "\t"] as const).find((one) => between.trim() === one || between === one);
      return { delimiter: delimiter ?? " ", between, mark, ...units, spacing };
    }),
  ),
);

/** mV and nA of two electrodes, in whole numbers: in other units the same digits with the mark elsewhere. */
const MEASURED = [
  [-504, 1250, -2300],
  [-500, 1375, 17],
  [-496, 40, 90_000],
] as const;
const DIGITS_BEHIND = { V: 3, mV: 0, A: 9, mA: 6, µA: 3, nA: 0, pA: -3 } as const;

function writeTable({ between, mark, x_unit, current_unit, spacing }: Written): string[] {
  const cell = (value: number, behind: number) => {
    const text = behind < 0 ? `${value}${"0".repeat(-behind)}` : (value / 10 ** behind).toFixed(behind);
    return text.replace(".", mark);
  };
  // Columns beside the currents that the description passes over.
  const others = Array.from({ length: spacing - 1 }, () => "7");
  const rows = MEASURED.map(([x, ...currents]) =>
    [
      cell(x, DIGITS_BEHIND[x_unit]),
      ...currents.flatMap((current) => [cell(current, DIGITS_BEHIND[current_unit]), ...others]),
    ].join(between),
  );
  return ["potential and currents", ...rows];
}

function descriptionOf({ delimiter, mark, x_unit, current_unit, spacing }: Written): TableDescription {
  return {
    skip_lines: 1,
    delimiter,
    decimal_mark: mark,
    x: { column: 1, unit: x_unit },
    currents: { electrodes: 2, spacing, current: 2, forward: null, reverse: null },
    current_unit,
    scan_column: null,
    missing: [],
  };
}

describe("one table, written in every way and described by hand", () => {
  it(`gives the same numbers in each of ${WRITTEN.length} ways, encodings and line ends`, () => {
    expect(WRITTEN.length).toBeGreaterThanOrEqual(40);
    const column = (index: 0 | 1 | 2, unit: number) => MEASURED.map((row) => row[index] / unit);
    for (const written of WRITTEN) {
      for (const [encoding, encode] of Object.entries(ENCODINGS)) {
        for (const [ends, lineEnd] of Object.entries(LINE_ENDS)) {
          const content = encode(lines(writeTable(written), lineEnd));
          const parsed = parseDescribedTable(content, descriptionOf(written), "swv");
          const name = `${encoding}, ${ends}, ${JSON.stringify(written)}`;
          if (!parsed.ok) throw new Error(`${name}: ${parsed.message}`);
          const [scan, ...more] = parsed.scans;
          expect(more, name).toEqual([]);
          expect(scan?.warnings, name).toEqual([]);
          expectSame(scan?.potentials_v, column(0, 1e3), name);
          expect(
            scan?.electrodes.map((one) => one.electrode),
            name,
          ).toEqual([1, 2]);
          expectSame(scan?.electrodes[0]?.currents_a, column(1, 1e9), name);
          expectSame(scan?.electrodes[1]?.currents_a, column(2, 1e9), name);
        }
      }
    }
  });
});

/** A cell with decimals is rounded when it is read and when its unit is taken off: its last binary digit may differ. */
function expectSame(found: Float64Array | undefined, wanted: readonly number[], name: string): void {
  expect(found?.length, name).toBe(wanted.length);
  const apart = wanted.map((value, row) => Math.abs(value - (found?.[row] ?? Number.NaN)) / Math.abs(value));
  expect(Math.max(...apart), name).toBeLessThanOrEqual(2 ** -52);
}
