/** Names of one shape: the same text, other digits. */

import { MAX_PATTERN_LENGTH } from "./name-template.ts";
import { compareRuns } from "./natural-order.ts";

/** One place of digits in all names of a shape: the digits of each name as a number into `values`. */
interface DigitColumn {
  readonly values: string[];
  readonly ids: number[];
  readonly idOf: Map<string, number>;
}

/** Kept by columns: what is asked of thousands of names is asked of a few columns. */
export class NameShape {
  readonly names: string[] = [];
  /** Text before, between and behind the digits, as in the first name: one more than there are columns. */
  readonly texts: readonly string[];
  readonly #columns: readonly DigitColumn[];

  constructor(texts: readonly string[]) {
    this.texts = texts;
    this.#columns = texts.slice(1).map(() => ({ values: [], ids: [], idOf: new Map() }));
  }

  /** Number of places with digits. */
  get width(): number {
    return this.#columns.length;
  }

  add(name: string, runs: readonly string[]): void {
    this.names.push(name);
    for (const [at, { values, ids, idOf }] of this.#columns.entries()) {
      const run = runs[at] ?? "";
      let id = idOf.get(run);
      if (id === undefined) {
        id = values.length;
        idOf.set(run, id);
        values.push(run);
      }
      ids.push(id);
    }
  }

  /** The digits of one name in one place. */
  run(column: number, row: number): string {
    const { values, ids } = this.#column(column);
    return values[ids[row] ?? 0] ?? "";
  }

  /** How many different digits some of the names have in these places together. */
  distinct(columns: readonly number[], rows: readonly number[]): number {
    const [only] = columns;
    if (only === undefined || columns.length > 1) return new Set(this.keys(columns, rows)).size;
    const { ids } = this.#column(only);
    return new Set(rows.map((row) => ids[row])).size;
  }

  /** One text per name, equal where the digits in these places are. */
  keys(columns: readonly number[], rows: readonly number[]): string[] {
    const ids = columns.map((column) => this.#column(column).ids);
    return rows.map((row) => ids.map((column) => column[row]).join(" "));
  }

  /** The rows in natural order of their names: as the text is the same, the digits decide, from left to right. */
  sorted(rows: readonly number[]): number[] {
    const columns = this.#columns.map(({ values, ids }) => ({ ranks: ranksOf(values), ids }));
    return [...rows].sort((a, b) => {
      for (const { ranks, ids } of columns) {
        const order = (ranks[ids[a] ?? 0] ?? 0) - (ranks[ids[b] ?? 0] ?? 0);
        if (order !== 0) return order;
      }
      const [left = "", right = ""] = [this.names[a], this.names[b]];
      return left < right ? -1 : left > right ? 1 : 0;
    });
  }

  #column(at: number): DigitColumn {
    const column = this.#columns[at];
    if (column === undefined) throw new RangeError(`These names have no digits in place ${at}.`);
    return column;
  }
}

/** Numbers in the order of the runs' values, equal for equal ones. Runs of up to 15 digits are their own. */
function ranksOf(values: readonly string[]): Float64Array {
  if (values.every((run) => run.length <= 15)) return Float64Array.from(values, Number);
  const ranks = new Float64Array(values.length);
  const order = values.map((_, id) => id).sort((a, b) => compareRuns(values[a] ?? "", values[b] ?? ""));
  for (const [place, id] of order.entries()) {
    const before = order[place - 1];
    const isSame = before !== undefined && compareRuns(values[before] ?? "", values[id] ?? "") === 0;
    ranks[id] = isSame ? (ranks[before] ?? 0) : place;
  }
  return ranks;
}

/** Takes a name apart and puts it to its shape. False for a name that no pattern can hold. */
export function addToShape(shapes: Map<string, NameShape>, name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters have no place in a pattern
  if (name.length > MAX_PATTERN_LENGTH || /[{}\\\u0000-\u001f\u007f]/.test(name)) return false;
  const runs = name.match(/[0-9]+/g) ?? [];
  const key = name.replace(/[0-9]+/g, "0").toLowerCase();
  let shape = shapes.get(key);
  if (shape === undefined) {
    shape = new NameShape(name.split(/[0-9]+/));
    shapes.set(key, shape);
  }
  shape.add(name, runs);
  return true;
}
