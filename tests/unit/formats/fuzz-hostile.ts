/** Files that are made to cost more than their size. */

import type { TableDescription } from "../../../shared/formats/table-description.ts";

const SIZE = 500_000;
const many = (text: string, size = SIZE) => text.repeat(Math.ceil(size / text.length));
const GAMRY = "EXPLAIN\nTAG\tCV\n";
const TABLE = "CURVE1\tTABLE\n\tVf\tIm\n\tV\tA\n";
const ECLAB = "EC-Lab ASCII FILE\nNb header lines : 5\n\nCyclic Voltammetry\n";
const CHI_ELECTRODES = Array.from({ length: 100 }, (_, i) => `i${i + 1}/A`).join(",");
const SESSION = '{"type":"PalmSens.DataFiles.SessionFile",';
const DATE = "Date and time:,x\n";

/** Made to cost more than their size: what is quadratic, deep, wide or endless somewhere. */
export const HOSTILE: Readonly<Record<string, string>> = {
  "CHI: one endless header line": `Init E (V) = 0\n${many("a")}=${many("(")}`,
  "CHI: separators without end": `Instrument Model: CHI\n${many(',;" ')}x`,
  "CHI: wide table header": `Potential/V,${many("i1/A,")}\n1,1\n`,
  "CHI: a hundred electrodes over short rows": `Potential/V,${CHI_ELECTRODES}\n${many("1\n")}${"1,".repeat(101)}\n`,
  "CHI: endless numbers": `Potential/V, i1/A\n${many("1")}, ${many("2")}\n`,
  "CHI: bad rows": `Potential/V, i1/A\n${many("1, 2 3\n")}`,
  "CHI: only line ends": `Potential/V, i1/A\n${many("\r")}`,
  "byte order marks": `${many("\uFEFF", SIZE / 3)}x`,
  "peaks without a table": many("Ep = 1\n"),
  "Gamry: a table in every line": GAMRY + many(`${TABLE}\t1\t2\n`),
  "Gamry: the same with CR": (GAMRY + many(`${TABLE}\t1\t2\n`)).replaceAll("\n", "\r"),
  "Gamry: a cycle in every row": `${GAMRY}CURVE\tTABLE\n\tVf\tIm\tCycle\n\tV\tA\t#\n${many("\t1\t2\t3\n\t1\t2\t4\n")}`,
  "Gamry: wide header, short rows": `${GAMRY}CURVE\tTABLE\n\tVf\tIm${many("\tx", 4000)}\n\tV\tA\n${many("\t1\n")}`,
  "Gamry: only a header": GAMRY + many("A\tB\tC\n"),
  "Gamry: one endless line": GAMRY + TABLE + many("\t"),
  "EC-Lab: a cycle in every row": `${ECLAB}Ewe/V\tI/mA\tcycle number\n${many("1\t2\t1\n1\t2\t2\n")}`,
  "EC-Lab: lines of tabs": ECLAB + many("\ta\n"),
  "EC-Lab: wide header, short rows": `${ECLAB}Ewe/V\tI/mA${many("\tx", 500)}\n${many("1\n")}`,
  "EC-Lab: one endless parameter": `${ECLAB}${many("dE/dt               1 ", 60_000)}\nEwe/V\tI/mA\n${many("1\t2\n")}`,
  "NOVA: a scan in every row": `Potential applied (V);WE(1).Current (A);Scan\n${many("1;2;1\n1;2;2\n")}`,
  "NOVA: wide header, short rows": `WE(1).Current (A);Potential applied (V)${many(";x", 240)}\n${many("1\n")}`,
  "NOVA: one endless line": many("WE(1).Current (A);"),
  "PSTrace: units in every line": DATE + many("V,A\n"),
  "PSTrace: a table in every line, the last one open": `${DATE}${many("T:\nV,A\n1,2\n")}1`,
  "PSTrace: wide header, short rows": `CV x\nV,A${many(",V,A", 8000)}\n${many("1\n")}`,
  "PSTrace: words without a colon": `${DATE}CV a\nV,A\n${many("hello\n")}`,
  "PSTrace: words without end": DATE + many("hello\n"),
  "PSTrace: impedance in every line": DATE + many("freq / Hz,a\n"),
  "PSTrace: byte order marks": `CV a\nV,A\n${many("\uFEFF", SIZE / 3)}`,
  "session: deep lists": `${SESSION}"a":${many("[")}`,
  "session: deep objects": `${SESSION}"measurements":${many('[{"curves":')}`,
  "session: empty curves": `${SESSION}"measurements":[{"curves":[${many("{},")}{}]}]}`,
  "session: empty points": `${SESSION}"measurements":[{"curves":[{"xaxisdataarray":{"datavalues":[${many("{},")}{}]}}]}]}`,
  "session: measurements again and again": `${SESSION}${many('"measurements":[{"title":"x"}],')}"b":2}`,
  "session: a number without end": `${SESSION}"measurements":[{"timestamp":${many("1")}`,
  "session: a string without end": `${SESSION}"${many("\\\\")}`,
  "session: a method of many lines": `${SESSION}"measurements":[{"method":"${many("a=b\\r\\n", 190_000)}"}]}`,
  "white space": `CV a\nV,A\n${many(" \r")}`,
};

/** The description under which they are read as tables. */
export const PLAIN: TableDescription = {
  skip_lines: 0,
  delimiter: ",",
  decimal_mark: ".",
  x: { column: 1, unit: "V" },
  currents: [{ electrode: 1, current: 2, forward: null, reverse: null }],
  current_unit: "A",
  scan_column: null,
  missing: ["OVL"],
};

export const HOSTILE_TABLES: Readonly<Record<string, string>> = {
  "lines of blanks": many(" \n"),
  "no row anywhere": many("x,1\n"),
  "words for no value": `1,2\n${many("1,OVL\n")}`,
  "one endless line": many("1,"),
  "one endless number": `1,2\n${many("1")}`,
  "wide rows": many(`${"1,".repeat(2000)}\n`),
  "separators without end": many(',;" \t'),
  "quotes without end": many('"'),
  "CR for CRLF": many("1,2\r"),
};
