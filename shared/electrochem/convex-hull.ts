/**
 * Lower convex hull of points already sorted by x, as indices into them, first and last included
 * (Andrew's monotone chain). Collinear points are dropped, so every hull edge is as long as it can be.
 *
 * @param x strictly ascending
 * @param y same length as x
 * @param tolerance unit of y: a point less than this below the line between its neighbours counts as collinear
 */
export function lowerHull(x: Float64Array, y: Float64Array, tolerance: number): Int32Array {
  const chain = new Int32Array(x.length);
  let size = 0;
  for (let i = 0; i < x.length; i++) {
    while (size >= 2 && !turnsUp(x, y, chain[size - 2]!, chain[size - 1]!, i, tolerance)) size--;
    chain[size++] = i;
  }
  return chain.slice(0, size);
}

/** True when b lies below the line from a to c by more than the tolerance. */
function turnsUp(
  x: Float64Array,
  y: Float64Array,
  a: number,
  b: number,
  c: number,
  tolerance: number,
): boolean {
  const run = x[c]! - x[a]!;
  return (x[b]! - x[a]!) * (y[c]! - y[a]!) - (y[b]! - y[a]!) * run > tolerance * run;
}
