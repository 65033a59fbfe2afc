import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDescribedTable } from "../../../shared/formats/described-table.ts";
import { guessTable } from "../../../shared/formats/guess-table.ts";
import { tableProblems } from "../../../shared/protocol/table-description.ts";
import { hasRealData, readRealFile } from "../../support/data.ts";
import { lines, utf8 } from "./format-sample.ts";

const guess = (rows: readonly string[]) => guessTable(utf8(lines(rows)));
const sweep = (count: number, row: (n: number) => string) => Array.from({ length: count }, (_, n) => row(n));
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

describe("an unknown table gets a first description", () => {
  it("from names with units", () => {
    const found = guess([
      "Run of today",
      "E /mV;I1 /nA;I2 /nA",
      ...sweep(9, (n) => `${-100 + n};${n},5;${2 * n},25`),
    ]);
    expect(found?.table).toMatchObject({
      skip_lines: 2,
      delimiter: ";",
      decimal_mark: ",",
      x: { column: 1, unit: "mV" },
      currents: [one(1, 2), one(2, 3)],
      current_unit: "nA",
    });
    expect(found?.technique).toBe("swv");
  });

  it("from numbers alone: even steps are the potential, a running number is nothing", () => {
    const found = guess(
      sweep(20, (n) => `${n} ${(1e-7 * Math.sin(n) ** 2).toExponential(3)} ${(-0.5 + 0.002 * n).toFixed(3)}`),
    );
    expect(found?.table).toMatchObject({
      skip_lines: 0,
      delimiter: " ",
      x: { column: 3, unit: "V" },
      currents: [one(1, 2)],
      current_unit: "A",
    });
    expect(found?.unclear.join(" ")).toMatch(/Column 3 was taken as the potential.*unit/);
  });

  it("difference, forward and reverse by their names or by their numbers", () => {
    const row = (n: number) => `${(0.1 - 0.004 * n).toFixed(3)},${3 * n + 1},${5 * n + 3},${2 * n + 2}`;
    const named = guess(["Potential/V, Diff(i/A), For(i/A), Rev(i/A)", ...sweep(12, row)]);
    const numbers = guess(sweep(12, row));
    expect(named?.table.currents).toEqual([one(1, 2, 3, 4)]);
    expect(numbers?.table.currents).toEqual([one(1, 2, 3, 4)]);
  });

  it("a sweep that turns is cyclic; a time is chronoamperometry", () => {
    const turning = sweep(
      40,
      (n) => `${(0.05 * (n < 20 ? n : 40 - n)).toFixed(2)}\t${(n * 1e-6).toExponential(2)}`,
    );
    expect(guess(["E/V\tI/A", ...turning])?.technique).toBe("cv");
    const held = guess([
      "Time (s)\tCurrent (µA)",
      ...sweep(9, (n) => `${n / 10}\t${(100 * Math.exp(-n)).toFixed(4)}`),
    ]);
    expect(held).toMatchObject({
      technique: "ca",
      table: { x: { column: 1, unit: "s" }, current_unit: "µA" },
    });
  });

  it("the header's own words for the technique count", () => {
    const found = guess([
      "Technique: Differential Pulse",
      "V\tA",
      ...sweep(9, (n) => `${n / 100}\t${n * n * 1e-9}`),
    ]);
    expect(found?.technique).toBe("dpv");
  });

  it("no table, no guess", () => {
    for (const rows of [[], ["hello"], ["1", "2", "3", "4"], ["a b c", "d e f", "g h i"]])
      expect(guess(rows)).toBeNull();
  });

  it("never throws, and what it gives can be parsed or is refused in words", () => {
    const cell = fc.constantFrom(
      "1",
      "0.5",
      "0,5",
      "-1e-6",
      "x",
      "",
      "µA",
      "Potential",
      "NaN",
      '"1"',
      "1.2.3",
    );
    const row = fc
      .array(cell, { maxLength: 5 })
      .chain((cells) => fc.constantFrom("\t", ",", ";", " ", ", ").map((delimiter) => cells.join(delimiter)));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
        const found = guess(rows);
        if (found === null) return;
        expect(tableProblems(found.table)).toEqual([]);
        const parsed = parseDescribedTable(utf8(lines(rows)), found.table, found.technique);
        if (!parsed.ok) expect(parsed.message.length).toBeGreaterThan(20);
      }),
      { numRuns: 1500 },
    );
  });
});

describe.runIf(hasRealData())("real tables, read as if nobody knew them", () => {
  it("one with names and units", () => {
    const found = guessTable(readRealFile("other-text/PadraoK3_Gaiola_cell3eletrodos.txt"));
    expect(found).toMatchObject({
      technique: "cv",
      unclear: [],
      table: { skip_lines: 1, delimiter: "\t", x: { column: 1, unit: "V" }, current_unit: "µA" },
    });
    expect(found?.table.currents).toEqual([one(1, 2), one(2, 3)]);
  });

  it.each<[string, string, number]>([
    ["chi-swv-frequency-scan/100Hz/100_0_5.txt", "swv", 2],
    ["chi-swv-single-electrode/Apt1.csv", "swv", 1],
    ["chi-cv/SammysStacks--Cyclic-Voltammetry-Analysis/Pb2.txt", "cv", 1],
    ["autolab-nova/truejulosdu13--Electrochemistry/Che207 Ni(BinapSQ) 5V s.txt", "cv", 1],
    ["palmsens-csv-ca/CA.csv", "ca", 1],
  ])("%s", (name, technique, electrodes) => {
    const bytes = readRealFile(name);
    const found = guessTable(bytes);
    expect(found?.technique).toBe(technique);
    expect(found?.table.currents).toHaveLength(electrodes);
    const parsed = found && parseDescribedTable(bytes, found.table, found.technique);
    expect(parsed?.ok && parsed.scans[0]?.electrodes.length).toBe(electrodes);
  });
});
