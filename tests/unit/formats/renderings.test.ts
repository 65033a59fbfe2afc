import { describe, expect, it } from "vitest";
import type { Scan } from "../../../shared/formats/scan.ts";
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
