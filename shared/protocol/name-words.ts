/** Digits in names that say what was measured, by the words beside them. */

import type { NameShape } from "./name-shape.ts";

/** As many as any multi-channel potentiostat of the field has; more are a count of something else. */
const MOST_ELECTRODES = 16;
const FREQUENCY_WORD = /(?:^|[^\p{L}])freq(?:uency)?[_=-]?$/iu;
/** One letter may also be a file, a flask or a fraction. */
const FREQUENCY_LETTER = /(?:^|[^\p{L}])f$/iu;
const ELECTRODE_WORD = /(?:^|[^\p{L}])(?:e|el|we|ch|chan|channel|electrode)$/iu;

/** Whether the digits in one place of some names are a frequency in whole hertz: of `2.5Hz` a pattern could only read the 5. */
export function isFrequency(shape: NameShape, at: number, rows: readonly number[]): boolean {
  const [before = "", after = ""] = [shape.texts[at], shape.texts[at + 1]];
  const isFraction = at > 0 && /^[.,]$/.test(before);
  if (!isFraction && /^ ?hz/i.test(after)) return true;
  // `f2.5_`, `f1k`: the digits are not all of the number.
  if (/^[\p{L}]/u.test(after) || (/^[.,]$/.test(after) && at + 1 < shape.width)) return false;
  return FREQUENCY_WORD.test(before) || (FREQUENCY_LETTER.test(before) && repeats(shape, at, rows));
}

/**
 * Whether they number electrodes that have a file each: `E1_` in front of a name always, `_e1_` and `_ch1_` within one
 * where few numbers come again and again.
 */
export function isElectrode(shape: NameShape, at: number, rows: readonly number[]): boolean {
  const [before = "", after = ""] = [shape.texts[at], shape.texts[at + 1]];
  if (/(^|\/)e$/i.test(before) && after.startsWith("_")) return true;
  if (!ELECTRODE_WORD.test(before) || /^[\p{L}]/u.test(after)) return false;
  const isFew = shape.distinct([at], rows) <= MOST_ELECTRODES;
  return isFew && repeats(shape, at, rows) && rows.every((row) => isElectrodeNumber(shape.run(at, row)));
}

function isElectrodeNumber(digits: string): boolean {
  return Number(digits) >= 1 && Number(digits) <= 999;
}

/** Two values or more, each of several names: something else counts the files. */
function repeats(shape: NameShape, at: number, rows: readonly number[]): boolean {
  const values = shape.distinct([at], rows);
  return values > 1 && values * 2 <= rows.length;
}
