import { guessTable } from "../../shared/formats/guess-table.ts";
import { cellNumber, splitCells } from "../../shared/formats/table-cells.ts";
import { electrodeColumns, type TableDescription } from "../../shared/formats/table-description.ts";
import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { TableDescription as TableSchema, tableProblems } from "../../shared/protocol/table-description.ts";

/** What a column is: nothing that is read, potential (or time), or a current of an electrode. */
export type ColumnRole = "" | "x" | `${"current" | "forward" | "reverse"} ${number}`;

/** What stands in the fields of the description, as a person makes it. */
export interface TableDraft {
  readonly technique: SessionTechnique;
  readonly skipLines: string;
  readonly delimiter: TableDescription["delimiter"];
  readonly decimalMark: TableDescription["decimal_mark"];
  readonly xUnit: TableDescription["x"]["unit"];
  readonly currentUnit: TableDescription["current_unit"];
  /** Words that stand for no value, with blanks between them. */
  readonly missing: string;
  /** By column, from the first; columns beyond it are not read. */
  readonly roles: readonly ColumnRole[];
}

export type TableReading =
  | { readonly ok: true; readonly table: TableDescription }
  | { readonly ok: false; readonly problem: string };

/** The most that the guess and this form offer; more electrodes stand at an even spacing in the parameters alone. */
export const MOST_ELECTRODES = 24;

/** A first description of a file, for a person to check, and what is unclear about it. */
export function guessDraft(bytes: Uint8Array): {
  readonly draft: TableDraft;
  readonly unclear: readonly string[];
} {
  const guess = guessTable(bytes);
  if (guess === null) {
    const draft: TableDraft = {
      technique: "swv",
      skipLines: "0",
      delimiter: "\t",
      decimalMark: ".",
      xUnit: "V",
      currentUnit: "A",
      missing: "",
      roles: [],
    };
    return { draft, unclear: ["No table of numbers was found: choose what separates the columns."] };
  }
  const { table, technique, unclear } = guess;
  const roles: ColumnRole[] = [];
  const assign = (column: number | null, role: ColumnRole) => {
    if (column === null) return;
    while (roles.length < column) roles.push("");
    roles[column - 1] = role;
  };
  assign(table.x.column, "x");
  for (const { electrode, current, forward, reverse } of electrodeColumns(table).slice(0, MOST_ELECTRODES)) {
    assign(current, `current ${electrode}`);
    assign(forward, `forward ${electrode}`);
    assign(reverse, `reverse ${electrode}`);
  }
  const draft: TableDraft = {
    technique,
    skipLines: String(table.skip_lines),
    delimiter: table.delimiter,
    decimalMark: table.decimal_mark,
    xUnit: table.x.unit,
    currentUnit: table.current_unit,
    missing: table.missing.join(" "),
    roles,
  };
  return { draft, unclear };
}

/** Gives a column a role; whoever had that role loses it. */
export function withRole(draft: TableDraft, column: number, role: ColumnRole): TableDraft {
  const roles = draft.roles.map((other) => (role !== "" && other === role ? "" : other));
  while (roles.length < column) roles.push("");
  roles[column - 1] = role;
  return { ...draft, roles };
}

/** The description, or the first thing that is wrong with it. */
export function readTableDraft(draft: TableDraft): TableReading {
  const skip_lines = Number(draft.skipLines.trim() || "0");
  if (!Number.isInteger(skip_lines) || skip_lines < 0 || skip_lines > 10_000)
    return { ok: false, problem: "The header has a whole number of lines, from 0 to 10,000." };
  const x = draft.roles.indexOf("x") + 1;
  if (x === 0) return { ok: false, problem: "Which column is the potential? Choose it above the table." };
  const currents = electrodesOf(draft.roles);
  if (currents.length === 0)
    return { ok: false, problem: "Which column is a current? Choose it above the table." };
  const lacking = currents.find(({ current }) => current === 0);
  if (lacking !== undefined)
    return {
      ok: false,
      problem: `Electrode ${lacking.electrode} has a forward or reverse current, but no current.`,
    };
  const parsed = TableSchema.safeParse({
    skip_lines,
    delimiter: draft.delimiter,
    decimal_mark: draft.decimalMark,
    x: { column: x, unit: draft.xUnit },
    currents,
    current_unit: draft.currentUnit,
    missing: draft.missing.split(/\s+/).filter((word) => word !== ""),
  });
  if (!parsed.success)
    return { ok: false, problem: parsed.error.issues[0]?.message ?? "The description cannot be used." };
  const [problem] = tableProblems(parsed.data);
  return problem === undefined ? { ok: true, table: parsed.data } : { ok: false, problem };
}

function electrodesOf(roles: readonly ColumnRole[]) {
  const column = (role: ColumnRole) => roles.indexOf(role) + 1;
  const electrodes = new Set(
    roles.flatMap((role) => (role === "" || role === "x" ? [] : [Number(role.split(" ")[1])])),
  );
  return [...electrodes]
    .sort((a, b) => a - b)
    .map((electrode) => ({
      electrode,
      current: column(`current ${electrode}`),
      forward: column(`forward ${electrode}`) || null,
      reverse: column(`reverse ${electrode}`) || null,
    }));
}

/** One line of the file as the description cuts it. */
export interface ShownLine {
  /** Counted from 1. */
  readonly number: number;
  readonly kind: "header" | "row" | "bad";
  readonly cells: readonly string[];
}

/** The last lines of the header and the first rows. `bad`: a column that is read is there no number. */
export function shownLines(lines: readonly string[], draft: TableDraft, rows: number): ShownLine[] {
  const skip = Number(draft.skipLines.trim() || "0") || 0;
  const from = Math.max(0, skip - 3);
  return lines.slice(from, skip + rows).map((line, index) => {
    const number = from + index + 1;
    if (number <= skip) return { number, kind: "header", cells: [line.replaceAll("\t", "   ")] };
    const cells = splitCells(line, draft.delimiter);
    const isRow = draft.roles.every(
      (role, column) => role === "" || cellNumber(cells[column] ?? "", draft.decimalMark) !== null,
    );
    return { number, kind: isRow ? "row" : "bad", cells };
  });
}
