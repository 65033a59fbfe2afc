/** Patterns for the series in a folder, found by what varies among the names. */

import { MAX_PATTERN_FIELDS, MAX_PATTERN_LENGTH, parseNamePattern } from "./name-template.ts";
import { naturalCompare } from "./natural-order.ts";

export interface NameProposal {
  readonly pattern: string;
  readonly count: number;
  /** In natural order. */
  readonly names: readonly string[];
}

/** One name, cut at its runs of digits: `texts` has one more part than `runs`. */
interface CutName {
  readonly name: string;
  readonly texts: readonly string[];
  readonly runs: readonly string[];
}

/** A place in names of one shape: the same digits in all of them, or a field. */
type Column = "constant" | "{n}" | "{f}" | "{e}" | "{*}";

/** So many series side by side are still a choice for a person; more are one series with a gap in its pattern. */
const MOST_SERIES = 24;

/**
 * Groups a listing into series. Names belong together when they differ in digits only. A run of digits that
 * varies becomes `{f}` before `Hz`, `{e}` in `E1_…` at the start of a file name, `{n}` when it is the last, and
 * otherwise separates series (25uM, 100uM) when it has few values that repeat, or becomes `{*}`. Runs that do not
 * vary stay text, but for a number at the end of the name when nothing else counts the files. Names that no pattern can hold (braces, too long) are left out. Largest series first.
 */
export function patternFromNames(names: readonly string[]): NameProposal[] {
  const shapes = new Map<string, CutName[]>();
  for (const name of new Set(names)) {
    const cut = cutAtDigits(name);
    if (cut === null) continue;
    const shape = cut.texts.join("0").toLowerCase();
    const group = shapes.get(shape);
    if (group === undefined) shapes.set(shape, [cut]);
    else group.push(cut);
  }
  return [...shapes.values()]
    .flatMap(proposeForShape)
    .sort((a, b) => b.count - a.count || naturalCompare(a.pattern, b.pattern));
}

function cutAtDigits(name: string): CutName | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters have no place in a pattern
  if (name.length > MAX_PATTERN_LENGTH || /[{}\\\u0000-\u001f\u007f]/.test(name)) return null;
  const parts = name.split(/([0-9]+)/);
  return { name, texts: parts.filter((_, i) => i % 2 === 0), runs: parts.filter((_, i) => i % 2 === 1) };
}

function proposeForShape(group: readonly CutName[]): NameProposal[] {
  const columns = fieldsOf(group);
  const separating = separatingColumns(group, columns);
  const series = new Map<string, CutName[]>();
  for (const cut of group) {
    const key = separating.map((column) => cut.runs[column]).join(" ");
    const members = series.get(key);
    if (members === undefined) series.set(key, [cut]);
    else members.push(cut);
  }
  return [...series.values()].flatMap((members) => {
    // Within one series more may be constant than in the whole shape.
    const pattern = writePattern(members, fieldsOf(members));
    const listed = members.map(({ name }) => name).sort(naturalCompare);
    return pattern === null ? [] : [{ pattern, count: listed.length, names: listed }];
  });
}

/** What each run of digits stands for, judged over names of one shape. */
function fieldsOf(group: readonly CutName[]): Column[] {
  const first = group[0];
  if (first === undefined) return [];
  const columns = first.runs.map((run, at): Column => {
    if (group.every((cut) => cut.runs[at] === run)) return "constant";
    if (/^hz/i.test(first.texts[at + 1] ?? "")) return "{f}";
    if (/(^|\/)e$/i.test(first.texts[at] ?? "") && first.texts[at + 1]?.startsWith("_")) return "{e}";
    return "{*}";
  });
  const last = columns.lastIndexOf("{*}");
  if (last >= 0) columns[last] = "{n}";
  else if (endsInNumber(first)) columns[columns.length - 1] = "{n}";
  // A second frequency or electrode repeats the first (`40Hz/40_1.txt`), and a field may occur once.
  return columns.map((column, at) =>
    column !== "constant" && columns.indexOf(column) < at ? "{*}" : column,
  );
}

/**
 * `swv_1.txt`: a number at the end of a name counts the files of a series also while only its first file, or the
 * first of each frequency, is there.
 */
function endsInNumber({ runs, texts }: CutName): boolean {
  return runs.length > 0 && /^(\.[^./]*)?$/.test(texts[runs.length] ?? "");
}

/**
 * Columns whose values name different series: few values, each with several names, and not just another way to
 * write the frequency or the electrode. Together they may not make more series than a person can choose from.
 */
function separatingColumns(group: readonly CutName[], columns: readonly Column[]): number[] {
  const named = columns.flatMap((column, at) => (column === "{f}" || column === "{e}" ? [at] : []));
  const free = columns.flatMap((column, at) => (column === "{*}" ? [at] : []));
  const candidates = free
    .map((at) => ({ at, values: distinct(group, [at]) }))
    .filter(({ at, values }) => values * 2 <= group.length && !isTold(group, at, named))
    .sort((a, b) => a.values - b.values);
  const chosen: number[] = [];
  for (const { at } of candidates) {
    const series = distinct(group, [...chosen, at]);
    if (series <= MOST_SERIES && series * 2 <= group.length) chosen.push(at);
  }
  return chosen;
}

/** Whether one of the columns `by` already tells the value of column `at`. */
function isTold(group: readonly CutName[], at: number, by: readonly number[]): boolean {
  return by.some((column) => distinct(group, [column, at]) === distinct(group, [column]));
}

function distinct(group: readonly CutName[], columns: readonly number[]): number {
  return new Set(group.map((cut) => columns.map((column) => cut.runs[column]).join(" "))).size;
}

/** The pattern of one series; null when it cannot be written within the limits. */
function writePattern(members: readonly CutName[], columns: readonly Column[]): string | null {
  const [first] = [...members].sort((a, b) => naturalCompare(a.name, b.name));
  if (first === undefined) return null;
  let pattern = first.texts[0] ?? "";
  for (const [at, column] of columns.entries()) {
    pattern += (column === "constant" ? first.runs[at] : column) + (first.texts[at + 1] ?? "");
  }
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
