/** A first description of an unknown text table, for a person to check. */

import { decodeHead } from "./decode.ts";
import type { DescribedTechnique } from "./described-table.ts";
import { guessColumns } from "./guess-columns.ts";
import type { Delimiter } from "./numeric-table.ts";
import { sweepShape } from "./sweep-shape.ts";
import { cellNumber, splitCells } from "./table-cells.ts";
import type { TableDescription } from "./table-description.ts";
import { techniqueOf } from "./technique-words.ts";
import { LINE_END } from "./text-line.ts";

export interface TableGuess {
  readonly table: TableDescription;
  readonly technique: DescribedTechnique;
  /** What could not be told for certain, for a person to look at. */
  readonly unclear: readonly string[];
}

const HEAD_BYTES = 65_536;
const MOST_LINES = 600;
const MOST_COLUMNS = 200;
/** Fewer rows than this may be anything. */
const FEWEST_ROWS = 3;

/** In the order in which they win where several explain a table equally well: the rarer a mark, the more it says. */
const FORMS: readonly { readonly delimiter: Delimiter; readonly mark: "." | "," }[] = [
  { delimiter: "\t", mark: "." },
  { delimiter: ";", mark: "," },
  { delimiter: ";", mark: "." },
  { delimiter: "\t", mark: "," },
  { delimiter: ",", mark: "." },
  { delimiter: " ", mark: "." },
  { delimiter: " ", mark: "," },
];

/** A run of lines that read as rows of numbers in one form. */
export interface Block {
  readonly delimiter: Delimiter;
  readonly mark: "." | ",";
  /** Index of its first line. */
  readonly from: number;
  /** Cells of its rows. */
  readonly rows: readonly (readonly string[])[];
  /** Columns that hold a number in every row, counted from 0. */
  readonly numeric: readonly number[];
}

/** Looks at the beginning of a file; null when nothing in it is a table of numbers. */
export function guessTable(bytes: Uint8Array): TableGuess | null {
  const lines = decodeHead(bytes, HEAD_BYTES)
    .replace(/^\uFEFF+/, "")
    .split(LINE_END)
    .slice(0, MOST_LINES);
  // The last line may be cut by the end of the head.
  if (lines.length > FEWEST_ROWS + 1) lines.pop();
  let best: Block | null = null;
  for (const form of FORMS) {
    const block = largestBlock(lines, form);
    if (block !== null && (best === null || score(block) > score(best))) best = block;
  }
  if (best === null) return null;
  const columns = guessColumns(best, headerCells(lines, best));
  if (columns === null) return null;
  const { technique, unclear } = guessTechnique(lines.slice(0, best.from), columns.x, columns.isTime);
  return {
    table: {
      skip_lines: best.from,
      delimiter: best.delimiter,
      decimal_mark: best.mark,
      ...columns.description,
      missing: ["NaN", "n/a", "-"],
    },
    technique,
    unclear: [...columns.unclear, ...unclear],
  };
}

function score({ rows, numeric }: Block): number {
  return rows.length * numeric.length;
}

/** The longest run of lines of one width with at least two columns of numbers; blank lines do not end a run. */
function largestBlock(
  lines: readonly string[],
  { delimiter, mark }: { readonly delimiter: Delimiter; readonly mark: "." | "," },
): Block | null {
  let best: Block | null = null;
  let from = 0;
  let rows: string[][] = [];
  let numeric: number[] = [];
  const close = () => {
    if (rows.length < FEWEST_ROWS) return;
    const block = { delimiter, mark, from, rows, numeric };
    if (best === null || score(block) > score(best)) best = block;
  };
  for (const [index, line] of lines.entries()) {
    const cells = splitCells(line, delimiter);
    if (cells.length === 0) continue;
    const numbers = cells.length > MOST_COLUMNS ? [] : numericCells(cells, mark);
    const shared = numeric.filter((column) => numbers.includes(column));
    const goesOn = rows.length > 0 && cells.length === rows[0]!.length && shared.length >= 2;
    if (goesOn) {
      numeric = shared;
      rows.push(cells);
      continue;
    }
    close();
    const begins = numbers.length >= 2;
    from = index;
    rows = begins ? [cells] : [];
    numeric = begins ? numbers : [];
  }
  close();
  return best;
}

function numericCells(cells: readonly string[], mark: "." | ","): number[] {
  return cells.flatMap((cell, column) => (cellNumber(cell, mark) === null ? [] : [column]));
}

/** What stands above each column: names and units may be two lines. */
function headerCells(lines: readonly string[], { from, delimiter, rows }: Block): string[] {
  const width = rows[0]!.length;
  const names: string[] = Array.from({ length: width }, () => "");
  let found = 0;
  for (let index = from - 1; index >= Math.max(0, from - 5) && found < 2; index--) {
    const line = lines[index]!;
    // Names hold blanks: a table that blanks delimit may still separate its names otherwise.
    const cells = [delimiter, "\t", ",", ";"]
      .map((one) => splitCells(line, one as Delimiter)) // one of the four
      .find((one) => one.length >= width && one.length <= width + 1);
    if (cells === undefined) continue;
    for (let column = 0; column < width; column++)
      names[column] = `${cells[column]!} ${names[column]}`.trim();
    found++;
  }
  return names;
}

function guessTechnique(
  header: readonly string[],
  x: Float64Array,
  isTime: boolean,
): Pick<TableGuess, "technique" | "unclear"> {
  if (isTime) return { technique: "ca", unclear: [] };
  for (const line of header) {
    const technique = techniqueOf(line.replace(/^[^:=]*[:=]/, "").trim());
    if (technique !== "other" && technique !== "eis" && technique !== "ca") return { technique, unclear: [] };
  }
  if (sweepShape(x) === "turns") return { technique: "cv", unclear: [] };
  return {
    technique: "swv",
    unclear: ["The file does not name its technique; one sweep may also be DPV or a linear sweep."],
  };
}
