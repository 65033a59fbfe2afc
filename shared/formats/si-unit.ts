/** Units with a prefix, and the way to V, A and s. */

/** Powers of ten that a double holds exactly: a division by one of them rounds once, a product with 1e-6 twice. */
const DIVISORS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e3,
  // Micro sign, Greek mu, and the micro sign of UTF-8 that was read as Windows-1252.
  µ: 1e6,
  μ: 1e6,
  Âµ: 1e6,
  u: 1e6,
  n: 1e9,
  p: 1e12,
  f: 1e15,
};

/** What a number in `unit` is divided by to be in `base`; null when the unit is of something else. */
export function unitDivisor(unit: string, base: "A" | "V" | "s"): number | null {
  const name = unit.trim();
  if (!name.endsWith(base)) return null;
  const prefix = name.slice(0, -base.length);
  return Object.hasOwn(DIVISORS, prefix) ? DIVISORS[prefix]! : null;
}

/** The values in the base unit; the same array, changed in place. */
export function inBaseUnit(values: Float64Array, divisor: number): Float64Array {
  if (divisor !== 1) for (let i = 0; i < values.length; i++) values[i] = values[i]! / divisor;
  return values;
}
