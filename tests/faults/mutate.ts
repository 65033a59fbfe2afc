import type { Random } from "../../agent/random.ts";

/** What nobody expects in the place of a value. */
const ODDITIES: readonly unknown[] = [
  null,
  undefined,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 63),
  1e308,
  "",
  "..",
  "../../etc/passwd",
  "__proto__",
  "constructor",
  "\u0000",
  "\ud800",
  "\u202etxt.exe",
  "{n}{n}{n}{n}{n}{n}{n}{n}{n}",
  "{*}".repeat(60),
  "a".repeat(10_000),
  "9".repeat(400),
  [],
  {},
  [[[[[[[[]]]]]]]],
  { toString: 1, constructor: { prototype: [] } },
  { _placeholder: true, num: 99 },
  Buffer.alloc(0),
  Buffer.alloc(5_000, 0xff),
];

/** A copy with a few things wrong in it: values exchanged, added, left out, repeated; deep inside or as a whole. */
export function mutate(value: unknown, random: Random): unknown {
  let mutant = clone(value);
  for (let wounds = 1 + Math.floor(random.uniform() * 3); wounds > 0; wounds--)
    mutant = wound(mutant, random);
  return mutant;
}

export function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random.uniform() * items.length)];
  if (item === undefined && items.length === 0) throw new RangeError("Nothing to pick from.");
  return item as T; // the index is inside
}

function wound(value: unknown, random: Random): unknown {
  if (!isTree(value) || random.uniform() < 0.15) return pick(ODDITIES, random);
  const keys = Object.keys(value);
  const kind = random.uniform();
  if (kind < 0.15) return { ...value, [`x${Math.floor(random.uniform() * 9)}`]: pick(ODDITIES, random) };
  if (keys.length === 0) return pick(ODDITIES, random);
  const key = pick(keys, random);
  if (kind < 0.25) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  if (kind < 0.35 && Array.isArray(value)) return [...value, ...value, ...value];
  const child = (value as Readonly<Record<string, unknown>>)[key]; // one of its own keys
  const changed = wound(child, random);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? changed : item));
  return { ...value, [key]: changed };
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

function clone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clone);
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, clone(child)]));
}
