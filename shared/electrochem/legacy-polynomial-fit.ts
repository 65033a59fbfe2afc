/** Jacobi's method on matrices of this size is done in under ten sweeps; past this the rest is rounding that never settles. */
const MOST_SWEEPS = 40;

/**
 * Values of a polynomial through (x, y) at each x, found as the SACMES desktop program finds it (numpy's `polyfit` and
 * `polyval`): powers of x as they are, each column of them divided by its length, the solution of least norm with
 * singular values of at most N · 2⁻⁵² of the largest left out, Horner's rule. At degree 15 the powers are nearly
 * dependent, so ranks are lost on common windows and the curve is up to some per cent from the least-squares
 * polynomial that `polynomialFit` finds. That is its point: an old series goes on with its own numbers. Two builds
 * of the program agree to about 1e-6, and this one with them to 1e-4.
 *
 * Householder's QR, then one-sided Jacobi rotations of R (Demmel & Veselić 1992). The normal equations would lose
 * twice the digits, and there are none to spare.
 *
 * @param x in any order, repeats allowed; at least 1
 */
export function legacyPolynomialFit(x: Float64Array, y: Float64Array, degree: number): Float64Array {
  const t = inExactUnit(x);
  const rows = Math.max(x.length, degree + 1);
  const columns = powers(t, degree, rows);
  const lengths = columns.map(toUnitLength);
  const rhs = new Float64Array(rows);
  rhs.set(y);
  triangulate(columns, rhs);
  const square = columns.map((column) => column.subarray(0, columns.length));
  const solution = leastNorm(square, rhs, x.length);
  const coefficients = solution.map((value, power) => (lengths[power] === 0 ? 0 : value / lengths[power]!));
  return t.map((value) => coefficients.reduceRight((sum, coefficient) => sum * value + coefficient, 0));
}

/**
 * x in a unit in which none is above 1, so that no power overflows. The unit is a power of two: every digit stays, and
 * what the unit does to a column its length takes away again.
 */
function inExactUnit(x: Float64Array): Float64Array {
  const most = x.reduce((sofar, value) => Math.max(sofar, Math.abs(value)), 0);
  return most === 0 ? x : x.map((value) => value / 2 ** Math.ceil(Math.log2(most)));
}

/** t⁰, t¹, …, each made of the one before; zeros below where there are fewer samples than columns. */
function powers(t: Float64Array, degree: number, rows: number): Float64Array[] {
  const columns = [new Float64Array(rows).fill(1, 0, t.length)];
  while (columns.length <= degree) {
    const last = columns.at(-1)!;
    columns.push(last.map((value, i) => (i < t.length ? value * t[i]! : 0)));
  }
  return columns;
}

/** Divides a column by its length, which is returned; one that is all zeros stays so. */
function toUnitLength(column: Float64Array): number {
  const length = Math.sqrt(product(column, column));
  if (length > 0) for (let i = 0; i < column.length; i++) column[i]! /= length;
  return length;
}

/** Householder reflections, in place: the columns become R, `rhs` becomes Qᵀ · rhs. */
function triangulate(columns: readonly Float64Array[], rhs: Float64Array): void {
  for (const [k, column] of columns.entries()) {
    const mirror = column.slice(k);
    const length = Math.sqrt(product(mirror, mirror));
    if (length === 0) continue;
    mirror[0]! += mirror[0]! < 0 ? -length : length;
    const half = product(mirror, mirror) / 2;
    for (const target of [...columns.slice(k), rhs]) {
      const rest = target.subarray(k);
      const share = product(mirror, rest) / half;
      for (let i = 0; i < rest.length; i++) rest[i]! -= share * mirror[i]!;
    }
    column.fill(0, k + 1);
  }
}

/** The shortest c with least |A·c − b|, once what A hardly determines is left out. A is square, by columns. */
function leastNorm(a: readonly Float64Array[], b: Float64Array, samples: number): Float64Array {
  const { scaledLeft, right } = singularVectors(a);
  const squares = scaledLeft.map((column) => product(column, column));
  const cut = samples * 2 ** -52 * Math.sqrt(Math.max(...squares));
  const solution = new Float64Array(a.length);
  for (const [k, column] of scaledLeft.entries()) {
    if (Math.sqrt(squares[k]!) <= cut) continue;
    const share = product(column, b) / squares[k]!;
    for (let i = 0; i < solution.length; i++) solution[i]! += share * right[k]![i]!;
  }
  return solution;
}

/** A · V = U · Σ by columns, and V: rotations of pairs of columns until all are at right angles. */
function singularVectors(a: readonly Float64Array[]) {
  const scaledLeft = a.map((column) => column.slice());
  const right = a.map((_, k) => new Float64Array(a.length).fill(1, k, k + 1));
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let turned = false;
    for (let p = 0; p < a.length; p++) {
      for (let q = p + 1; q < a.length; q++) {
        const tangent = tangentBetween(scaledLeft[p]!, scaledLeft[q]!);
        if (tangent === 0) continue;
        turned = true;
        rotate(scaledLeft[p]!, scaledLeft[q]!, tangent);
        rotate(right[p]!, right[q]!, tangent);
      }
    }
    if (!turned) break;
  }
  return { scaledLeft, right };
}

/** Tangent of the smaller angle that sets two columns at right angles; 0 where they stand so to the last digit. */
function tangentBetween(p: Float64Array, q: Float64Array): number {
  const between = product(p, q);
  const pp = product(p, p);
  const qq = product(q, q);
  if (Math.abs(between) <= 2 ** -52 * Math.sqrt(pp) * Math.sqrt(qq)) return 0;
  const zeta = (qq - pp) / (2 * between);
  return (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
}

function rotate(p: Float64Array, q: Float64Array, tangent: number): void {
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (let i = 0; i < p.length; i++) {
    const was = p[i]!;
    p[i] = cosine * was - sine * q[i]!;
    q[i] = sine * was + cosine * q[i]!;
  }
}

/** Of the part that both have. */
function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
