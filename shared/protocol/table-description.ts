import { z } from "zod";
import {
  CURRENT_UNITS,
  namedColumns,
  type TableDescription as Table,
  X_UNITS,
} from "../formats/table-description.ts";

/**
 * A text table as a person describes it, for files that no format recognises; part of a session's parameters. Its
 * text is short enough for the descriptor that agents carry.
 */

const Column = z.int().min(1).max(1_000);
const OptionalColumn = Column.nullable().default(null);

const ElectrodeColumns = z.strictObject({
  electrode: z.int().min(1).max(999),
  current: Column,
  forward: OptionalColumn,
  reverse: OptionalColumn,
});

const SpacedColumns = z.strictObject({
  electrodes: z.int().min(1).max(128),
  spacing: z.int().min(1).max(100),
  current: Column,
  forward: OptionalColumn,
  reverse: OptionalColumn,
});

export const TableDescription: z.ZodType<Table> = z
  .strictObject({
    skip_lines: z.int().min(0).max(10_000).default(0),
    delimiter: z.enum([",", ";", "\t", " "]),
    decimal_mark: z.enum([".", ","]).default("."),
    x: z.strictObject({ column: Column, unit: z.enum(X_UNITS).default("V") }),
    // 24 listed electrodes are 1.5 KB; more stand at an even spacing.
    currents: z.union([SpacedColumns, z.array(ElectrodeColumns).min(1).max(24)]),
    current_unit: z.enum(CURRENT_UNITS).default("A"),
    scan_column: OptionalColumn,
    missing: z.array(z.string().trim().min(1).max(16)).max(8).default([]),
  })
  .superRefine((table, context) => {
    for (const message of tableProblems(table)) context.addIssue({ code: "custom", message });
  });
export type TableDescription = Table;

/** What is wrong with a description although each of its fields is right. */
export function tableProblems(table: Table): string[] {
  const problems: string[] = [];
  if (table.delimiter === "," && table.decimal_mark === ",")
    problems.push("A comma cannot both separate the columns and mark decimals.");
  const taken = new Map<number, string>();
  for (const { column, role } of namedColumns(table)) {
    const other = taken.get(column);
    if (other !== undefined) problems.push(`Column ${column} cannot be both ${other} and ${role}.`);
    taken.set(column, role);
  }
  if (!("spacing" in table.currents)) {
    const electrodes = table.currents.map(({ electrode }) => electrode);
    const twice = electrodes.find((electrode, index) => electrodes.indexOf(electrode) < index);
    if (twice !== undefined) problems.push(`Electrode ${twice} has two current columns.`);
  }
  return problems.slice(0, 5);
}
