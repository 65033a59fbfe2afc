/**
 * Median of the values, the mean of the two middle ones for an even count; NaN for none.
 * **Reorders its argument**: it selects in place (Hoare's quickselect), several times faster than sorting.
 */
export function medianInPlace(values: Float64Array): number {
  const count = values.length;
  if (count === 0) return Number.NaN;
  const upper = count >> 1;
  selectInPlace(values, upper);
  if (count % 2 === 1) return values[upper]!;
  // Everything before the selected place is no larger: the lower middle value is the largest of it.
  let lower = values[0]!;
  for (let i = 1; i < upper; i++) if (values[i]! > lower) lower = values[i]!;
  return (lower + values[upper]!) / 2;
}

/** Puts the value of rank `rank` in its place, smaller ones before it, larger ones behind it. */
function selectInPlace(values: Float64Array, rank: number): void {
  let left = 0;
  let right = values.length - 1;
  // Orderings exist that make every pass remove one value only. A file may be made so: sort those.
  let passesLeft = 32 + 4 * Math.log2(values.length);
  while (left < right) {
    if (passesLeft-- <= 0) {
      values.subarray(left, right + 1).sort();
      return;
    }
    const pivot = values[rank]!;
    let i = left;
    let j = right;
    do {
      while (values[i]! < pivot) i++;
      while (pivot < values[j]!) j--;
      if (i <= j) {
        const swapped = values[i]!;
        values[i++] = values[j]!;
        values[j--] = swapped;
      }
    } while (i <= j);
    if (j < rank) left = i;
    if (rank < i) right = j;
  }
}
