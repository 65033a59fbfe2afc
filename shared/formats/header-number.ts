/** Numbers in the lines above a table, where speed does not count and units stand behind them. */

/** Not the start of something longer: `0` is not the value of `0,5`. */
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\d.,])/;

/** The number at the start of a text, whatever unit follows; null when there is none or it is not finite. */
export function readNumber(text: string, commaIsMark: boolean): number | null {
  const trimmed = text.trim();
  const [digits] = NUMBER.exec(commaIsMark ? trimmed.replace(",", ".") : trimmed) ?? [];
  const value = digits === undefined ? Number.NaN : Number(digits);
  return Number.isFinite(value) ? value : null;
}

/**
 * The value, if it is above zero. Steps, rates, amplitudes and frequencies are: a header that says otherwise is
 * wrong, and a division by it would hide that.
 */
export function positive(value: number | null | undefined): number | undefined {
  return value !== null && value !== undefined && value > 0 && Number.isFinite(value) ? value : undefined;
}
