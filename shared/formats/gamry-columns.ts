/** Which columns of a Gamry table hold the curve, by name: sets of columns differ between versions. */

import type { GamryTable } from "./gamry-file.ts";
import { failure } from "./parse-failure.ts";
import type { ParseFailure, Technique } from "./scan.ts";
import { unitDivisor } from "./si-unit.ts";

/** Columns counted from 0, and what their numbers are divided by to be in V (of a decay s) and A. */
export interface GamryColumns {
  /** Potential; of chronoamperometry the time. */
  readonly x: number;
  readonly current: number;
  /** Forward and reverse pulse, or nothing. */
  readonly halves: readonly number[];
  /** Column that numbers the cycles; -1 where there is none. */
  readonly cycle: number;
  readonly xDivisor: number;
  readonly currentDivisor: number;
}

/**
 * For pulse techniques the step's potential and the difference current, with both halves; for chronoamperometry
 * time and current; else the measured potential and current. A missing one is a failure, never zeros.
 */
export function gamryColumns(table: GamryTable, technique: Technique): GamryColumns | ParseFailure {
  const isPulse = technique === "swv" || technique === "dpv";
  const column = (name: string) => table.names.indexOf(name);
  const [x, y] = isPulse ? ["Vstep", "Idif"] : [technique === "ca" ? "T" : "Vf", "Im"];
  const xUnit = technique === "ca" ? "s" : "V";
  for (const name of [x, y]) if (column(name) < 0) return missing(table, name);
  const xDivisor = unitDivisor((table.units[column(x)] ?? "").split(" ", 1)[0] ?? "", xUnit);
  const currentDivisor = unitDivisor(table.units[column(y)] ?? "", "A");
  if (xDivisor === null) return wrongUnit(table, x, xUnit);
  if (currentDivisor === null) return wrongUnit(table, y, "A");
  const halves = isPulse ? [column("Ifwd"), column("Irev")] : [];
  const hasHalves = halves.every((half) => half >= 0 && table.units[half] === table.units[column(y)]);
  return {
    x: column(x),
    current: column(y),
    halves: hasHalves ? halves : [],
    cycle: column("Cycle"),
    xDivisor,
    currentDivisor,
  };
}

function missing(table: GamryTable, wanted: string): ParseFailure {
  const names = table.names.filter((name) => name !== "").slice(0, 24);
  const message = `The table ${table.label} has no column ${wanted}. It has: ${names.join(", ")}.`;
  return failure("missing_column", message, table.namesLine);
}

function wrongUnit(table: GamryTable, name: string, wanted: string): ParseFailure {
  const unit = table.units[table.names.indexOf(name)] ?? "";
  const message = `The column ${name} is in "${unit.slice(0, 40)}"; wanted: ${wanted}.`;
  return failure("unsupported_format", message, table.namesLine + 1);
}
