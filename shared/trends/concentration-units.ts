/** Powers of ten of the letters before a unit; of the two signs for micro one is a letter of Greek. */
const PREFIXES: Readonly<Record<string, number>> = {
  f: -15,
  p: -12,
  n: -9,
  u: -6,
  µ: -6,
  μ: -6,
  m: -3,
  d: -1,
  "": 0,
  k: 3,
};

const MOLAR = /^([fpnuµμm]?)M$/;
const PER_VOLUME = /^([fpnuµμmk]?)(mol|g)\/([fpnuµμmd]?)[lL]$/;

interface ConcentrationUnit {
  /** Amounts and masses are not brought to each other: that takes a molar mass. */
  readonly of: "mol" | "g";
  /** Power of ten of this unit in mol/L or g/L. */
  readonly power: number;
}

/**
 * A concentration in another unit: molar (`nM`, `µmol/L`) or by mass (`ng/mL`). What is written without a unit, or in
 * the very same words, is taken as it is.
 *
 * @param from null: none was written
 * @returns null where the one unit cannot be brought to the other
 */
export function concentrationIn(to: string, value: number, from: string | null): number | null {
  if (from === null || from.trim() === "" || from.trim() === to.trim()) return value;
  const [source, target] = [readUnit(from.trim()), readUnit(to.trim())];
  if (source === null || target === null || source.of !== target.of) return null;
  const power = source.power - target.power;
  // Divided where it gets less: 500 nM are 0.5 µM to the last digit.
  return power < 0 ? value / 10 ** -power : value * 10 ** power;
}

function readUnit(text: string): ConcentrationUnit | null {
  const [, molar] = MOLAR.exec(text) ?? [];
  if (molar !== undefined) return { of: "mol", power: PREFIXES[molar] ?? 0 };
  const [, prefix, of, volume] = PER_VOLUME.exec(text) ?? [];
  if (prefix === undefined || volume === undefined) return null;
  return { of: of === "g" ? "g" : "mol", power: (PREFIXES[prefix] ?? 0) - (PREFIXES[volume] ?? 0) };
}
