/** Patterns for the series in a folder, found by what varies among the names. */

import { addToShape, type NameShape } from "./name-shape.ts";
import { MAX_PATTERN_FIELDS, parseNamePattern } from "./name-template.ts";
import { isElectrode, isFrequency } from "./name-words.ts";
import { naturalCompare } from "./natural-order.ts";

export interface NameProposal {
  readonly pattern: string;
  readonly count: number;
  /** In natural order. */
  readonly names: readonly string[];
}

/** A place in names of one shape: the same digits in all of them, or a field. */
type Column = "constant" | "{n}" | "{f}" | "{e}" | "{*}";

/** So many series side by side are still a choice for a person; more are one series with a gap in its pattern. */
const MOST_SERIES = 24;
/** Names that are taken apart between two breaths: about a millisecond. */
const BREATH_NAMES = 500;

/**
 * Groups a listing into series. Names belong together when they differ in digits only. Digits before `Hz` become
 * `{f}`, those of `E1_…` at the start of a file name `{e}`, also where they do not vary: they still say what was
 * measured; other words for both are in name-words.ts. Of digits that vary, those that stand at letters and repeat separate series (25uM, 100uM); the last others
 * become `{n}` and the rest `{*}`. A number at the end of the name is `{n}` also where nothing varies yet. Names that
 * no pattern can hold (braces, too long) are left out. Largest series first.
 */
export function patternFromNames(names: readonly string[]): NameProposal[] {
  const groups = groupNames(names);
  for (;;) {
    const step = groups.next();
    if (step.done === true) return step.value;
  }
}

/** The same in short steps: whoever serves others meanwhile pauses at every `yield`. */
export function* groupNames(names: readonly string[]): Generator<void, NameProposal[]> {
  const shapes = new Map<string, NameShape>();
  let taken = 0;
  for (const name of new Set(names)) {
    addToShape(shapes, name);
    taken++;
    if (taken % BREATH_NAMES === 0) yield;
  }
  const found: NameProposal[] = [];
  let looked = 0;
  for (const shape of shapes.values()) {
    found.push(...(yield* proposeForShape(shape)));
    looked += shape.names.length;
    if (looked < BREATH_NAMES) continue;
    looked = 0;
    yield;
  }
  return found.sort((a, b) => b.count - a.count || naturalCompare(a.pattern, b.pattern));
}

function* proposeForShape(shape: NameShape): Generator<void, NameProposal[]> {
  const all = shape.names.map((_, row) => row);
  const separating = separatingColumns(shape, all, fieldsOf(shape, all));
  const series = new Map<string, number[]>();
  const keys = shape.keys(separating, all);
  for (const row of all) {
    const members = series.get(keys[row] ?? "");
    if (members === undefined) series.set(keys[row] ?? "", [row]);
    else members.push(row);
  }
  const found: NameProposal[] = [];
  for (const members of series.values()) {
    if (members.length >= BREATH_NAMES) yield;
    const rows = shape.sorted(members);
    // Within one series more may be constant than in the whole shape.
    const pattern = writePattern(shape, rows, fieldsOf(shape, rows));
    const names = rows.map((row) => shape.names[row] ?? "");
    if (pattern !== null) found.push({ pattern, count: names.length, names });
  }
  return found;
}

/** What each run of digits stands for, judged over some names of one shape. */
function fieldsOf(shape: NameShape, rows: readonly number[]): Column[] {
  const columns = Array.from({ length: shape.width }, (_, at): Column => {
    if (isFrequency(shape, at, rows)) return "{f}";
    if (isElectrode(shape, at, rows)) return "{e}";
    return shape.distinct([at], rows) === 1 ? "constant" : "{*}";
  });
  const last = columns.lastIndexOf("{*}");
  const end = columns.length - 1;
  if (last >= 0) columns[last] = "{n}";
  else if (columns[end] === "constant" && /^(\.[^./]*)?$/.test(shape.texts[end + 1] ?? ""))
    columns[end] = "{n}";
  // A second frequency or electrode repeats the first (`40Hz/40_1.txt`), and a field may occur once.
  return columns.map((column, at) =>
    column !== "constant" && columns.indexOf(column) < at ? "{*}" : column,
  );
}

/**
 * Columns whose values name different series: digits at letters (25uM, run3: bare ones are levels of a count), few
 * values, each with several names, and not just another way to write the frequency or the electrode. Together they
 * may not make more series than a person can choose from.
 */
function separatingColumns(shape: NameShape, rows: readonly number[], columns: readonly Column[]): number[] {
  const named = columns.flatMap((column, at) => (column === "{f}" || column === "{e}" ? [at] : []));
  const isTold = (at: number) =>
    named.some((column) => shape.distinct([column, at], rows) === shape.distinct([column], rows));
  const candidates = columns
    .flatMap((column, at) => (column === "{*}" && isLabelled(shape.texts, at) ? [at] : []))
    .map((at) => ({ at, values: shape.distinct([at], rows) }))
    .filter(({ at, values }) => values * 2 <= rows.length && !isTold(at))
    .sort((a, b) => a.values - b.values);
  const chosen: number[] = [];
  for (const { at } of candidates) {
    const series = shape.distinct([...chosen, at], rows);
    if (series <= MOST_SERIES && series * 2 <= rows.length) chosen.push(at);
  }
  return chosen;
}

function isLabelled(texts: readonly string[], at: number): boolean {
  return /\p{L}$/u.test(texts[at] ?? "") || /^\p{L}/u.test(texts[at + 1] ?? "");
}

/** The pattern of one series, its rows in natural order; null when it cannot be written within the limits. */
function writePattern(shape: NameShape, rows: readonly number[], columns: readonly Column[]): string | null {
  const [first = 0] = rows;
  let pattern = shape.texts[0] ?? "";
  for (const [at, column] of columns.entries())
    pattern += (column === "constant" ? shape.run(at, first) : column) + (shape.texts[at + 1] ?? "");
  for (
    let fields = columns.filter((column) => column !== "constant").length;
    fields > MAX_PATTERN_FIELDS;
    fields--
  ) {
    const fewer = pattern.replace(/\{\*\}[^/{}]*\{\*\}/, "{*}");
    if (fewer === pattern) return null;
    pattern = fewer;
  }
  return "problem" in parseNamePattern(pattern) ? null : pattern;
}
