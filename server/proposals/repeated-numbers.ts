import { matchName, type NamePattern, parseNamePattern } from "../../shared/protocol/name-pattern.ts";
import type { NameGroup } from "./exact-groups.ts";

/** Two files of one number, frequency and electrode: several series stand in one, and their numbers do not tell them apart. */
export interface NumberTwins {
  readonly number: number;
  readonly names: readonly [string, string];
  /** A pattern that takes the second file's series alone; null where none is found. */
  readonly narrower: string | null;
}

const GAP = "{*}";
const BREATH = 1_000;

/** The first two files of a group whose numbers are the same; null where every file has its own. */
export function* repeatedNumber({ pattern, names }: NameGroup): Generator<void, NumberTwins | null> {
  // Only what stands in a gap can differ besides.
  if (!pattern.text.includes(GAP)) return null;
  const seen = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const { n, f, e } = matchName(pattern, name) ?? {};
    if (n === undefined) return null;
    const before = seen.get(`${n} ${f} ${e}`);
    if (before !== undefined)
      return { number: n, names: [before, name], narrower: narrowed(pattern, name, before) };
    seen.set(`${n} ${f} ${e}`, name);
    if (index % BREATH === BREATH - 1) yield;
  }
  return null;
}

/** The pattern with a number of the name in the place of a gap, such that it does not match the other name any more. */
function narrowed({ text }: NamePattern, name: string, other: string): string | null {
  const numbers = new Set(name.match(/[0-9]+/g) ?? []);
  for (let at = text.indexOf(GAP); at >= 0; at = text.indexOf(GAP, at + 1))
    for (const number of numbers) {
      const narrower = `${text.slice(0, at)}${number}${text.slice(at + GAP.length)}`;
      const pattern = parseNamePattern(narrower);
      if ("problem" in pattern) continue;
      if (matchName(pattern, name) !== null && matchName(pattern, other) === null) return narrower;
    }
  return null;
}
