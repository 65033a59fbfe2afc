/** The order in which people count files: `swv_2` before `swv_10`. */

/**
 * Compares two names: runs of digits by their value, everything else by letter without case. Names that differ
 * only in case or leading zeros still have a fixed order, so 0 means equal text. For `Array.sort`.
 */
export function naturalCompare(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const endA = digitsEnd(a, i);
    const endB = digitsEnd(b, j);
    if (endA > i && endB > j) {
      const order = compareRuns(a.slice(i, endA), b.slice(j, endB));
      if (order !== 0) return order;
      i = endA;
      j = endB;
    } else {
      const order = foldUnit(a, i) - foldUnit(b, j);
      if (order !== 0) return order;
      i++;
      j++;
    }
  }
  if (i < a.length) return 1;
  if (j < b.length) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function digitsEnd(text: string, from: number): number {
  let end = from;
  while (isDigitUnit(text.charCodeAt(end))) end++;
  return end;
}

/** By value without reading them as numbers: names can hold runs of any length. */
export function compareRuns(a: string, b: string): number {
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

function foldUnit(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
}

function isDigitUnit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
