/** A new basis polynomial this small beside its N samples is rounding: the samples cannot tell it from the others. */
const VANISHED = 1e-14;

/**
 * Values of the least-squares polynomial through (x, y) at each x. Fitted on x mapped to [−1, 1], in polynomials
 * that are orthonormal on the samples: each next one is t times the last, made orthogonal twice to all before. No
 * normal equations and no powers of x, so degree 15 keeps its digits on any range.
 *
 * @param x in any order, repeats allowed; at least 1
 * @param degree where fewer distinct x can carry it, the highest that they can
 */
export function polynomialFit(x: Float64Array, y: Float64Array, degree: number): Float64Array {
  const t = toUnitRange(x);
  const fitted = new Float64Array(x.length);
  const basis: Float64Array[] = [];
  let next: Float64Array = new Float64Array(x.length).fill(1 / Math.sqrt(x.length));
  for (;;) {
    basis.push(next);
    addScaled(fitted, next, product(next, y));
    if (basis.length > degree) return fitted;
    next = next.map((value, i) => value * t[i]!);
    for (const polynomial of [...basis, ...basis]) addScaled(next, polynomial, -product(polynomial, next));
    const norm = Math.sqrt(product(next, next));
    if (!(norm >= VANISHED * Math.sqrt(x.length))) return fitted;
    next = next.map((value) => value / norm);
  }
}

function toUnitRange(x: Float64Array): Float64Array {
  let least = x[0]!;
  let most = x[0]!;
  for (let i = 1; i < x.length; i++) {
    if (x[i]! < least) least = x[i]!;
    if (x[i]! > most) most = x[i]!;
  }
  return least === most ? new Float64Array(x.length) : x.map((v) => (2 * v - most - least) / (most - least));
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(target: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * values[i]!;
}
