/** Cells of one line as people see them. */

import type { Delimiter } from "./numeric-table.ts";

/** The cells of a line without blanks and quotes around them; none of a line that holds nothing else. */
export function splitCells(line: string, delimiter: Delimiter): string[] {
  const parts = delimiter === " " ? line.trim().split(/[ \t]+/) : line.split(delimiter);
  const cells = parts.map((part) =>
    part
      .trim()
      .replace(/^"([^"]*)"$/, "$1")
      .trim(),
  );
  return cells.every((cell) => cell === "") ? [] : cells;
}

const NUMBERS = {
  ".": /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/,
  ",": /^[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?$/,
} as const;

/** The number that a whole cell is; null for anything else. */
export function cellNumber(cell: string, decimalMark: "." | ","): number | null {
  if (!NUMBERS[decimalMark].test(cell)) return null;
  const value = Number(cell.replace(",", "."));
  return Number.isFinite(value) ? value : null;
}
