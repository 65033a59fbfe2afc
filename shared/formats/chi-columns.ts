/** What the columns of a CH Instruments table mean, read from its header line. */

import type { Delimiter } from "./numeric-table.ts";
import type { Technique } from "./scan.ts";

/** Columns of one working electrode, counted from 0. */
export interface ElectrodeColumns {
  readonly electrode: number;
  readonly current: number;
  readonly forward?: number;
  readonly reverse?: number;
}

export interface ChiColumns {
  readonly ok: true;
  readonly names: readonly string[];
  /** Potential; of chronoamperometry the time. */
  readonly x: number;
  /** In the order of their first column. */
  readonly electrodes: readonly ElectrodeColumns[];
  /** Names that mean nothing here. Time beside a potential, or the reverse, is known and not needed. */
  readonly ignored: readonly string[];
}

export interface ChiColumnsProblem {
  readonly ok: false;
  readonly message: string;
}

type Part = "current" | "forward" | "reverse";

/** A CHI1040 has eight electrodes with three columns each; past this a header is no header. */
const MOST_COLUMNS = 128;

/** CHI840D closes the bracket of `Diff(i/A)` elsewhere than other models do: `Diff(i)/A`. */
const SINGLE: readonly (readonly [RegExp, Part])[] = [
  [/^(?:current|i)\/A$/i, "current"],
  [/^diff\(i(?:\/A\)|\)\/A)$/i, "current"],
  [/^for\(i(?:\/A\)|\)\/A)$/i, "forward"],
  [/^rev\(i(?:\/A\)|\)\/A)$/i, "reverse"],
];
const POTENTIAL = /^potential\/V$/i;
const TIME = /^time\/s(?:ec)?$/i;
const NUMBERED = /^i(\d{1,3})([dfr]?)\/A$/i;
const PARTS: Readonly<Record<string, Part>> = { "": "current", d: "current", f: "forward", r: "reverse" };

/** What separates the cells of a table, judged by its header line. */
export function delimiterOf(headerLine: string): Delimiter {
  return ([";", "\t", ","] as const).find((mark) => headerLine.includes(mark)) ?? " ";
}

/**
 * Reads a table header such as `Potential/V, i2d/A, i2f/A, i2r/A, i4d/A, …`. Electrode numbers are those in the
 * file: they need not start at 1 nor be consecutive. A single unnumbered current is electrode 1.
 */
export function parseChiColumns(headerLine: string, technique: Technique): ChiColumns | ChiColumnsProblem {
  const delimiter = delimiterOf(headerLine);
  const cells = headerLine.split(delimiter).map((cell) => cell.replaceAll(/["\s]/g, ""));
  while (cells.at(-1) === "") cells.pop();
  const names = delimiter === " " ? cells.filter((cell) => cell !== "") : cells;
  if (names.length > MOST_COLUMNS) {
    return {
      ok: false,
      message: `The table header names ${names.length} columns; at most ${MOST_COLUMNS} are read.`,
    };
  }
  const isDecay = technique === "ca";
  const x = names.findIndex((name) => (isDecay ? TIME : POTENTIAL).test(name));
  if (x < 0) return missing(isDecay ? "Time/sec" : "Potential/V", names);
  const found = new Map<number, Partial<Record<Part, number>>>();
  const ignored: string[] = [];
  for (const [column, name] of names.entries()) {
    if (column === x || TIME.test(name) || (isDecay && POTENTIAL.test(name))) continue;
    const meaning = meaningOf(name);
    const parts = meaning && (found.get(meaning.electrode) ?? {});
    if (!meaning || !parts || parts[meaning.part] !== undefined) ignored.push(name);
    else found.set(meaning.electrode, { ...parts, [meaning.part]: column });
  }
  const electrodes: ElectrodeColumns[] = [];
  for (const [electrode, { current, ...others }] of found) {
    if (current === undefined) return missing(`i${electrode}d/A (difference current)`, names);
    electrodes.push({ electrode, current, ...others });
  }
  if (electrodes.length === 0) return missing("Current/A, Diff(i/A) or i1/A", names);
  return { ok: true, names, x, electrodes, ignored };
}

function meaningOf(name: string): { electrode: number; part: Part } | null {
  const single = SINGLE.find(([pattern]) => pattern.test(name))?.[1];
  if (single !== undefined) return { electrode: 1, part: single };
  const [, electrode, letter = ""] = NUMBERED.exec(name) ?? [];
  const part = PARTS[letter.toLowerCase()];
  if (electrode === undefined || part === undefined || Number(electrode) < 1) return null;
  return { electrode: Number(electrode), part };
}

function missing(wanted: string, names: readonly string[]): ChiColumnsProblem {
  return {
    ok: false,
    message: `The table has no column ${wanted}. It has: ${names.slice(0, 24).join(", ")}.`,
  };
}
