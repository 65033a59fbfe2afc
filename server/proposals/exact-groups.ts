import {
  matchName,
  type NamePattern,
  type NameProposal,
  parseNamePattern,
  patternsOverlap,
} from "../../shared/protocol/name-pattern.ts";

/** Names of a listing that one pattern matches: all of them, and no others. */
export interface NameGroup {
  readonly pattern: NamePattern;
  /** In the order of the listing's series. */
  readonly names: readonly string[];
}

export interface ExactGroups {
  readonly groups: readonly NameGroup[];
  /** Names whose own pattern would also take names of a group above. */
  readonly crossing: readonly NameGroup[];
  /** Names in no group: too many kinds, or nothing that a pattern can hold. */
  readonly others: readonly string[];
}

/** Kinds of names that are compared with each other; a folder with more is no folder of series. */
const MOST_COMPARED = 120;
const BREATH = 1_000;

/**
 * Makes the groups of a listing exact: a pattern that also matches names of a smaller group takes them over, and a
 * group whose pattern would match names of a larger one is set aside, as its session would analyse those twice.
 *
 * @param found largest first
 * @param names the whole listing
 */
export function* exactGroups(
  found: readonly NameProposal[],
  names: readonly string[],
  most: number,
): Generator<void, ExactGroups> {
  const compared = found.slice(0, MOST_COMPARED).flatMap(({ pattern: text, names: own }) => {
    const pattern = parseNamePattern(text);
    return "problem" in pattern ? [] : [{ pattern, names: own }];
  });
  const inCompared = new Set(compared.flatMap((group) => group.names));
  const rest = names.filter((name) => !inCompared.has(name));
  const taken = new Set<string>();
  const groups: NameGroup[] = [];
  const crossing: NameGroup[] = [];
  for (const { pattern, names: own } of compared) {
    const left = own.filter((name) => !taken.has(name));
    if (left.length === 0) continue;
    const matched = compared.flatMap((other) => (other.pattern === pattern ? [] : matchedBy(pattern, other)));
    yield;
    const isCrossing = left.length < own.length || matched.some((name) => taken.has(name));
    if (isCrossing || groups.length >= most) {
      if (isCrossing) crossing.push({ pattern, names: left });
      continue;
    }
    const alsoMatched = yield* matching(pattern, rest);
    const all = [...left, ...matched, ...alsoMatched];
    for (const name of all) taken.add(name);
    groups.push({ pattern, names: all });
  }
  const crossed = new Set(crossing.flatMap((group) => group.names));
  return { groups, crossing, others: names.filter((name) => !taken.has(name) && !crossed.has(name)) };
}

function matchedBy(pattern: NamePattern, { pattern: own, names }: NameGroup): string[] {
  // Comparing two patterns costs as much as trying some fifty names.
  if (names.length > 50 && !patternsOverlap(pattern, own)) return [];
  return names.filter((name) => matchName(pattern, name) !== null);
}

function* matching(pattern: NamePattern, names: readonly string[]): Generator<void, string[]> {
  const found: string[] = [];
  for (const [index, name] of names.entries()) {
    if (matchName(pattern, name) !== null) found.push(name);
    if (index % BREATH === BREATH - 1) yield;
  }
  return found;
}
