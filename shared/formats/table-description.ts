/** How a person describes a text table that no format recognises. */

import type { Delimiter } from "./numeric-table.ts";

export const X_UNITS = ["V", "mV", "s", "ms"] as const;
export const CURRENT_UNITS = ["A", "mA", "µA", "nA", "pA"] as const;

/** Columns of one electrode, counted from 1; `current` is the difference current of a pulse technique. */
export interface ElectrodeColumns {
  readonly electrode: number;
  readonly current: number;
  readonly forward: number | null;
  readonly reverse: number | null;
}

/** Electrodes 1, 2, … whose columns stand `spacing` apart; the columns of electrode 1, counted from 1. */
export interface SpacedColumns {
  readonly electrodes: number;
  readonly spacing: number;
  readonly current: number;
  readonly forward: number | null;
  readonly reverse: number | null;
}

export interface TableDescription {
  /** Lines before the first row, from the start of the file. */
  readonly skip_lines: number;
  /** A blank stands for any run of blanks. */
  readonly delimiter: Delimiter;
  readonly decimal_mark: "." | ",";
  /** The column that the currents stand against: potential, or time for chronoamperometry. */
  readonly x: { readonly column: number; readonly unit: (typeof X_UNITS)[number] };
  readonly currents: readonly ElectrodeColumns[] | SpacedColumns;
  readonly current_unit: (typeof CURRENT_UNITS)[number];
  /** Column that numbers cycles or repeated scans, each of which is a scan of its own; null: the file is one scan. */
  readonly scan_column: number | null;
  /** Words (or numbers) that stand for "no value". */
  readonly missing: readonly string[];
}

/** The columns of every electrode, one by one. */
export function electrodeColumns({ currents }: TableDescription): readonly ElectrodeColumns[] {
  if (!("spacing" in currents)) return currents;
  const { electrodes, spacing, current, forward, reverse } = currents;
  return Array.from({ length: electrodes }, (_, index) => ({
    electrode: index + 1,
    current: current + index * spacing,
    forward: forward === null ? null : forward + index * spacing,
    reverse: reverse === null ? null : reverse + index * spacing,
  }));
}

/** Every column that is read, with what it is in words; the first is the x column, the last the scan's number. */
export function namedColumns(
  table: TableDescription,
): readonly { readonly column: number; readonly role: string }[] {
  const isTime = table.x.unit.endsWith("s");
  return [
    { column: table.x.column, role: isTime ? "time" : "potential" },
    ...electrodeColumns(table).flatMap(({ electrode, current, forward, reverse }) => [
      { column: current, role: `current of electrode ${electrode}` },
      ...(forward === null ? [] : [{ column: forward, role: `forward current of electrode ${electrode}` }]),
      ...(reverse === null ? [] : [{ column: reverse, role: `reverse current of electrode ${electrode}` }]),
    ]),
    ...(table.scan_column === null ? [] : [{ column: table.scan_column, role: "number of the scan" }]),
  ];
}
