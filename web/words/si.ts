/**
 * Numbers with SI prefixes that do not flicker: a scale is chosen once from the magnitude of what is shown and
 * then kept until it clearly no longer fits.
 */

const PREFIXES = [
  { symbol: "f", exponent: -15 },
  { symbol: "p", exponent: -12 },
  { symbol: "n", exponent: -9 },
  { symbol: "µ", exponent: -6 },
  { symbol: "m", exponent: -3 },
  { symbol: "", exponent: 0 },
  { symbol: "k", exponent: 3 },
] as const;

/** A prefix stays while the scaled magnitude is inside this range: wider than 1 to 1,000 on both sides. */
const KEEP_FROM = 0.4;
const KEEP_BELOW = 1300;
/** Digits shown of the largest value; one fewer or more is no reason to change. */
const DIGITS = 4;
const DIGITS_LEAST = 3;

/** Between number and unit; narrow and not breaking. */
const THIN_SPACE = "\u202f";
export const MINUS = "\u2212";

export interface SiScale {
  readonly symbol: string;
  readonly exponent: number;
  readonly decimals: number;
}

/**
 * The scale for values up to `magnitude` (in the bare unit), staying with `previous` while that is readable.
 * Zero or a missing magnitude keeps what was there.
 */
export function siScale(magnitude: number, previous: SiScale | null = null): SiScale {
  const size = Math.abs(magnitude);
  if (!(size > 0) || !Number.isFinite(size)) return previous ?? { symbol: "", exponent: 0, decimals: 0 };
  const kept = previous !== null && fits(size / 10 ** previous.exponent) ? previous : null;
  const prefix = kept ?? PREFIXES.findLast(({ exponent }) => size >= 10 ** exponent) ?? PREFIXES[0];
  const wholeDigits = Math.floor(Math.log10(size / 10 ** prefix.exponent)) + 1;
  if (kept !== null && wholeDigits + kept.decimals >= DIGITS_LEAST && wholeDigits + kept.decimals <= DIGITS)
    return kept;
  return { symbol: prefix.symbol, exponent: prefix.exponent, decimals: Math.max(0, DIGITS - wholeDigits) };
}

function fits(scaled: number): boolean {
  return scaled >= KEEP_FROM && scaled < KEEP_BELOW;
}

/** The number alone, in the scale's prefix. */
export function siNumber(value: number, scale: SiScale): string {
  return fixed(value / 10 ** scale.exponent, scale.decimals);
}

/** Number, thin space, prefix and unit: `0.412 µA`. */
export function siText(value: number, unit: string, scale: SiScale): string {
  return `${siNumber(value, scale)}${THIN_SPACE}${scale.symbol}${unit}`;
}

/** A fixed number of decimals with a true minus sign; never "−0". */
export function fixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** `value` with a fixed unit, without prefix: `−0.281 V`. */
export function withUnit(value: number, decimals: number, unit: string): string {
  return `${fixed(value, decimals)}${THIN_SPACE}${unit}`;
}
