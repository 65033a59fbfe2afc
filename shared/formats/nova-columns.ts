/** Which columns of a NOVA table hold what, read from its first line. */

import type { Delimiter } from "./numeric-table.ts";
import { unitDivisor } from "./si-unit.ts";

/** Columns of one working electrode, counted from 0. */
export interface NovaElectrode {
  readonly electrode: number;
  readonly current: number;
  readonly forward?: number;
  readonly reverse?: number;
}

export interface NovaColumns {
  readonly delimiter: Delimiter;
  readonly names: readonly string[];
  /** -1 where there is none. */
  readonly potential: number;
  /** -1 where there is none. */
  readonly time: number;
  /** Column that numbers the cycles; -1 where there is none. */
  readonly cycle: number;
  readonly electrodes: readonly NovaElectrode[];
  /** `pulse`: the currents are differences (δ); `base` says that they are those of a differential pulse. */
  readonly kind: "sweep" | "pulse" | "base" | "impedance";
}

/** A table with more columns is none. */
const MOST_COLUMNS = 128;
/** δ as itself, as another delta, as UTF-8 that was read as Windows-1252, and as what replaces a lost letter. */
const DELTA = "(?:δ|Δ|∆|Î´|\\?|\uFFFD)";
const CURRENT = /^WE\((\d{1,2})\)\.Current \((.{0,3}A)\)$/;
const DIFFERENCE = new RegExp(`^WE\\((\\d{1,2})\\)\\.${DELTA}\\.Current \\((.{0,3}A)\\)$`, "u");
const POTENTIALS = [
  /^Potential applied \(V\)$/,
  /^WE\(1\)\.Base\.Potential \(V\)$/,
  /^WE\(1\)\.Potential \(V\)$/,
];
/** Corrected: counted from the begin of this measurement, not of the procedure. */
const TIMES = [/^Corrected time \(s\)$/i, /^Time \(s\)$/i];

/** Whether the first line of a file is one of NOVA's: nothing else names its columns like this. */
export function isNovaHeader(line: string): boolean {
  return /Potential applied \(V\)|WE\(\d{1,2}\)\./.test(line) || /(?:^|[;\t,])"?Frequency \(Hz\)/.test(line);
}

/** Null when there are too many columns to be a table. */
export function parseNovaColumns(header: string): NovaColumns | null {
  const delimiter = ([";", "\t", ","] as const).find((mark) => header.includes(mark)) ?? ";";
  const names = header.split(delimiter).map((name) => name.trim().replaceAll('"', ""));
  while (names.at(-1) === "") names.pop();
  if (names.length > MOST_COLUMNS) return null;
  const isPulse = names.some((name) => DIFFERENCE.test(name));
  const hasBase = names.some((name) => /^WE\(\d{1,2}\)\.Base\./.test(name));
  const isImpedance = names.some((name) => name.startsWith("Frequency (Hz)"));
  return {
    delimiter,
    names,
    potential: firstOf(POTENTIALS, names),
    time: firstOf(TIMES, names),
    cycle: names.indexOf("Scan"),
    electrodes: electrodesOf(names, isPulse ? DIFFERENCE : CURRENT),
    kind: isImpedance ? "impedance" : isPulse ? (hasBase ? "base" : "pulse") : "sweep",
  };
}

/** Column of the first pattern that any name fits; -1 where none does. */
function firstOf(patterns: readonly RegExp[], names: readonly string[]): number {
  return patterns.map((pattern) => names.findIndex((name) => pattern.test(name))).find((at) => at >= 0) ?? -1;
}

/** NOVA writes A; a column in another unit is not one of these. */
function electrodesOf(names: readonly string[], pattern: RegExp): NovaElectrode[] {
  return names.flatMap((name, current) => {
    const [, number, unit = ""] = pattern.exec(name) ?? [];
    if (number === undefined || unitDivisor(unit, "A") !== 1) return [];
    const forward = names.indexOf(`WE(${number}).Forward.Current (A)`);
    const reverse = names.indexOf(`WE(${number}).Backward.Current (A)`);
    const halves = pattern === DIFFERENCE && forward >= 0 && reverse >= 0 ? { forward, reverse } : {};
    return [{ electrode: Number(number), current, ...halves }];
  });
}
