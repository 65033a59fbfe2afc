import { guessTable } from "../../shared/formats/guess-table.ts";
import { cellNumber, splitCells } from "../../shared/formats/table-cells.ts";
import { electrodeColumns, type TableDescription } from "../../shared/formats/table-description.ts";
import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { TableDescription as TableSchema, tableProblems } from "../../shared/protocol/table-description.ts";

/** What a column is: nothing that is read, potential (or time), the number of a scan, or a current of an electrode. */
export type ColumnRole = "" | "x" | "scan" | `${"current" | "forward" | "reverse"} ${number}`;

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
  /** Where the currents stand: in columns chosen one by one, or as many at an even spacing. */
  readonly layout: "chosen" | "spaced";
  /** What counts for the even spacing; columns from 1. */
  readonly spaced: { readonly electrodes: string; readonly current: string; readonly spacing: string };
}

export type TableReading =
  | { readonly ok: true; readonly table: TableDescription }
  | { readonly ok: false; readonly problem: string };

/** The most that are chosen one by one; more stand at an even spacing. */
export const MOST_ELECTRODES = 24;
/** As the description allows. */
const MOST_SPACED = 128;
const MOST_COLUMNS = 1_000;

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
      layout: "chosen",
      spaced: { electrodes: "1", current: "2", spacing: "1" },
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
  assign(table.scan_column, "scan");
  const electrodes = electrodeColumns(table);
  for (const { electrode, current, forward, reverse } of electrodes.slice(0, MOST_ELECTRODES)) {
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
    layout: "chosen",
    spaced: {
      electrodes: String(electrodes.length),
      current: String(electrodes[0]?.current ?? 2),
      spacing: String((electrodes[1]?.current ?? 2) - (electrodes[0]?.current ?? 1)),
    },
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

/** What every column is, also where currents stand at an even spacing. */
export function rolesOf(draft: TableDraft): readonly ColumnRole[] {
  if (draft.layout === "chosen") return draft.roles;
  const roles = draft.roles.map((role): ColumnRole => (role === "x" || role === "scan" ? role : ""));
  const [electrodes, current, spacing] = spacedNumbers(draft);
  for (let index = 0; index < Math.min(electrodes, MOST_SPACED); index++) {
    const column = current + index * spacing;
    if (!(column >= 1 && column <= MOST_COLUMNS)) break;
    while (roles.length < column) roles.push("");
    if (roles[column - 1] === "") roles[column - 1] = `current ${index + 1}`;
  }
  return roles;
}

function spacedNumbers({ spaced }: TableDraft): [electrodes: number, current: number, spacing: number] {
  return [Number(spaced.electrodes), Number(spaced.current), Number(spaced.spacing)];
}

/** The description, or the first thing that is wrong with it. */
export function readTableDraft(draft: TableDraft): TableReading {
  const skip_lines = Number(draft.skipLines.trim() || "0");
  if (!Number.isInteger(skip_lines) || skip_lines < 0 || skip_lines > 10_000)
    return { ok: false, problem: "The header has a whole number of lines, from 0 to 10,000." };
  const x = draft.roles.indexOf("x") + 1;
  if (x === 0) return { ok: false, problem: "Which column is the potential? Choose it above the table." };
  const currents = draft.layout === "spaced" ? readSpaced(draft) : readChosen(draft.roles);
  if (typeof currents === "string") return { ok: false, problem: currents };
  const parsed = TableSchema.safeParse({
    skip_lines,
    delimiter: draft.delimiter,
    decimal_mark: draft.decimalMark,
    x: { column: x, unit: draft.xUnit },
    currents,
    current_unit: draft.currentUnit,
    scan_column: draft.roles.indexOf("scan") + 1 || null,
    missing: draft.missing.split(/\s+/).filter((word) => word !== ""),
  });
  if (!parsed.success)
    return { ok: false, problem: parsed.error.issues[0]?.message ?? "The description cannot be used." };
  const [problem] = tableProblems(parsed.data);
  return problem === undefined ? { ok: true, table: parsed.data } : { ok: false, problem };
}

/** The currents, or what is wrong with them. */
function readChosen(roles: readonly ColumnRole[]) {
  const currents = electrodesOf(roles);
  if (currents.length === 0) return "Which column is a current? Choose it above the table.";
  const lacking = currents.find(({ current }) => current === 0);
  return lacking === undefined
    ? currents
    : `Electrode ${lacking.electrode} has a forward or reverse current, but no current.`;
}

function readSpaced(draft: TableDraft) {
  const [electrodes, current, spacing] = spacedNumbers(draft);
  const isWhole = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  if (!isWhole(electrodes, MOST_SPACED)) return `Electrodes: a whole number from 1 to ${MOST_SPACED}.`;
  if (!isWhole(current, MOST_COLUMNS)) return "First current: the number of its column, counted from 1.";
  if (!isWhole(spacing, 100)) return "Spacing: a whole number of columns from 1 to 100.";
  return { electrodes, current, spacing, forward: null, reverse: null };
}

function electrodesOf(roles: readonly ColumnRole[]) {
  const column = (role: ColumnRole) => roles.indexOf(role) + 1;
  const electrodes = new Set(
    roles.flatMap((role) =>
      role === "" || role === "x" || role === "scan" ? [] : [Number(role.split(" ")[1])],
    ),
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
  const roles = rolesOf(draft);
  return lines.slice(from, skip + rows).map((line, index) => {
    const number = from + index + 1;
    if (number <= skip) return { number, kind: "header", cells: [line.replaceAll("\t", "   ")] };
    const cells = splitCells(line, draft.delimiter);
    const isRow = roles.every(
      (role, column) => role === "" || cellNumber(cells[column] ?? "", draft.decimalMark) !== null,
    );
    return { number, kind: isRow ? "row" : "bad", cells };
  });
}
