import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Delimiter, readTable } from "../../../shared/formats/numeric-table.ts";

function read(text: string, delimiter: Delimiter = ",", width = 2, wanted = [0, 1]) {
  const table = readTable(new TextEncoder().encode(text), 0, { delimiter, width, wanted });
  return { ...table, columns: table.columns.map((column) => Array.from(column)) };
}

describe("rows of numbers come back column by column", () => {
  it.each([
    [",", "\r\n"],
    [", ", "\n"],
    [" , ", "\r"],
    ["\t", "\r\n"],
    [";", "\n"],
    [" ", "\n"],
    ["   ", "\r\n"],
  ])("whatever separates them (%j, %j)", (separator, lineEnd) => {
    const delimiter = ([",", ";", "\t", " "] as const).find((mark) => separator.includes(mark)) ?? ",";
    const row = fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const text = rows.map(
          (cells) => `${cells.map((cell) => cell.toExponential()).join(separator)}${lineEnd}`,
        );
        const table = read(text.join(""), delimiter);
        expect(table.columns).toEqual([rows.map(([x]) => x + 0), rows.map(([, y]) => y)]);
        expect(table.badRows).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("reads only the wanted columns, and words in the others do no harm", () => {
    expect(read("1, dots ..., 10\n2, none, 20\n", ",", 3, [0, 2]).columns).toEqual([
      [1, 2],
      [10, 20],
    ]);
    expect(read("1 a 10\n2 b 20\n", " ", 3, [0, 2]).columns).toEqual([
      [1, 2],
      [10, 20],
    ]);
  });

  it("passes over empty lines and the empty cells that a spreadsheet adds", () => {
    expect(read(",,,\r\n1, 2,,\r\n  \r\n3, 4 \r\n,,,\r\n")).toMatchObject({
      columns: [
        [1, 3],
        [2, 4],
      ],
      badRows: 0,
    });
  });

  it("reads a decimal comma where the comma does not delimit", () => {
    expect(read("0,060\t5,35E-005\n0.059\t5.196e-5\n", "\t").columns).toEqual([
      [0.06, 0.059],
      [5.35e-5, 5.196e-5],
    ]);
  });
});

describe("a row with a missing or bad cell is left out and counted", () => {
  it.each([
    ["a missing cell", "1, \n", 1, true],
    ["a missing cell before another", ", 2\n", 0, false],
    ["a short row", "1\n", 1, true],
    ["a word", "1, overload\n", 1, false],
    ["text glued to a number", "1, 2A\n", 1, false],
    ["two numbers in one cell", "1 2, 3\n", 0, false],
    ["infinity", "1, 1e999\n", 1, false],
    ["not a number", "1, NaN\n", 1, false],
    ["a surplus cell, as a decimal comma makes", "1, 2, 3\n", 2, false],
    ["a zero byte", "1, 2\u0000\n", 1, false],
  ])("%s", (_, line, column, short) => {
    const table = read(`5, 6\n${line}7, 8\n`);
    expect(table).toMatchObject({
      columns: [
        [5, 7],
        [6, 8],
      ],
      rows: 2,
      badRows: 1,
    });
    expect(table.firstBad).toEqual({ line: 1, column, short });
  });
});

describe("a last line without its line end is told apart", () => {
  it("when it reads as a row", () => {
    expect(read("1, 2\n3, 4")).toMatchObject({ rows: 2, openEnd: true, lastRowOpen: true, badRows: 0 });
  });

  it("when it does not", () => {
    expect(read("1, 2\n3, ")).toMatchObject({ rows: 1, openEnd: true, lastRowOpen: false, badRows: 0 });
  });

  it("and blanks behind the last line end are no line", () => {
    expect(read("1, 2\r\n  ")).toMatchObject({ rows: 1, openEnd: false, lastRowOpen: false });
    expect(read("1, 2\r")).toMatchObject({ rows: 1, openEnd: false });
    expect(read("")).toMatchObject({ rows: 0, openEnd: false });
  });
});

it("keeps rows far beyond the first guess of their number", () => {
  const text = `0.00000000000000000000000001, 0.000000000000000000000000002\n${"1,2\n".repeat(5000)}`;
  const table = read(text);
  expect(table.rows).toBe(5001);
  expect(table.columns[1]?.at(-1)).toBe(2);
});
