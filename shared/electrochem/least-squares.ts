/** What solves min |A·x − b|, and what tells how well A determines it. */
export interface LeastSquares {
  readonly solution: Float64Array;
  /** (AᵀA)⁻¹ by rows; times the variance of b it is the covariance of the solution. */
  readonly covariance: readonly Float64Array[];
}

/** A column of which less than this is left beside the others is a combination of them. */
const DEPENDENT = 1e-10;

/**
 * Linear least squares by orthogonalising the columns twice over (no normal equations); null where a column is a
 * combination of the others.
 *
 * @param columns of A, each as long as `rhs`; not changed
 */
export function solveLeastSquares(columns: readonly Float64Array[], rhs: Float64Array): LeastSquares | null {
  const size = columns.length;
  const basis: Float64Array[] = [];
  const upper = columns.map(() => new Float64Array(size));
  for (const [k, column] of columns.entries()) {
    const rest = column.slice();
    for (const _pass of [1, 2]) {
      for (const [i, unit] of basis.entries()) {
        const share = dot(unit, rest);
        upper[i]![k]! += share;
        for (let row = 0; row < rest.length; row++) rest[row]! -= share * unit[row]!;
      }
    }
    const length = Math.sqrt(dot(rest, rest));
    if (!(length > DEPENDENT * Math.sqrt(dot(column, column)))) return null;
    upper[k]![k] = length;
    basis.push(rest.map((value) => value / length));
  }
  const inverse = invertUpper(upper);
  const projections = basis.map((unit) => dot(unit, rhs));
  const solution = Float64Array.from(inverse, (row) =>
    row.reduce((sum, value, k) => sum + value * projections[k]!, 0),
  );
  const covariance = inverse.map((a) => Float64Array.from(inverse, (b) => dot(a, b)));
  return { solution, covariance };
}

/** Inverse of an upper triangular matrix, by rows. */
function invertUpper(upper: readonly Float64Array[]): Float64Array[] {
  const size = upper.length;
  const inverse = upper.map(() => new Float64Array(size));
  for (let k = 0; k < size; k++) {
    inverse[k]![k] = 1 / upper[k]![k]!;
    for (let i = k - 1; i >= 0; i--) {
      let sum = 0;
      for (let j = i + 1; j <= k; j++) sum += upper[i]![j]! * inverse[j]![k]!;
      inverse[i]![k] = -sum / upper[i]![i]!;
    }
  }
  return inverse;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
