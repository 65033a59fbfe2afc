/**
 * Savitzky-Golay smoothing in index units: sample spacing is ignored, the ends are those of edge mode "interp"
 * (the first and last half windows lie on the polynomial fitted to the first and last full window).
 */

/** Everything that depends on the window and the degree alone. */
interface Coefficients {
  /** Weights of the central output: `half[j]` for the samples at distance j on both sides. */
  readonly half: Float64Array;
  /** Orthonormal polynomials of degree 0 ... degree on the window's samples, one array of `points` each. */
  readonly basis: readonly Float64Array[];
  /** Standard deviation of smoothed white noise over that of the raw noise: √(Σ weight²). */
  readonly noiseGain: number;
}

/** A hub smooths with the few windows of its running sessions; automatic windows add some tens in previews. */
const MAX_CACHED = 64;
const cache = new Map<string, Coefficients>();

/**
 * Smooths equally weighted samples.
 *
 * @param values samples in order; not changed. Non-finite values spread over their window and no further
 * @param points window length: odd, at most `values.length`; 1 returns a copy
 * @param degree degree of the local polynomial: 0 ≤ degree < points
 * @returns a new array of the same length
 * @throws RangeError when points or degree are outside those limits
 */
export function smooth(values: Float64Array, points: number, degree: number): Float64Array {
  if (points > values.length) {
    throw new RangeError(
      `A smoothing window of ${points} points needs as many samples, got ${values.length}.`,
    );
  }
  const { half, basis } = coefficients(points, degree);
  const out = new Float64Array(values.length);
  const reach = half.length - 1;
  fitInterior(values, out, half);
  fitEdge(values, out, basis, 0, 0, reach);
  fitEdge(values, out, basis, values.length - points, points - reach, points);
  return out;
}

/** The weights of the central output, `points` of them; they sum to 1. Limits as in `smooth`. */
export function centralWeights(points: number, degree: number): Float64Array {
  const { half } = coefficients(points, degree);
  const reach = half.length - 1;
  return Float64Array.from({ length: points }, (_, i) => half[Math.abs(i - reach)]!);
}

/** By what factor smoothing reduces white noise: √(Σ centralWeights²). Limits as in `smooth`. */
export function noiseGain(points: number, degree: number): number {
  return coefficients(points, degree).noiseGain;
}

/**
 * Every output that has a full window: centre · v[k] + Σ half[j] · (v[k − j] + v[k + j]), four neighbours at a time.
 * Their left and right samples overlap, so each step loads two samples instead of eight: three times faster.
 */
function fitInterior(values: Float64Array, out: Float64Array, half: Float64Array): void {
  const reach = half.length - 1;
  const end = values.length - reach;
  const centre = half[0]!;
  let k = reach;
  for (; k + 3 < end; k += 4) {
    let left1 = values[k]!;
    let left2 = values[k + 1]!;
    let left3 = values[k + 2]!;
    let right0 = left2;
    let right1 = left3;
    let right2 = values[k + 3]!;
    let sum0 = centre * left1;
    let sum1 = centre * left2;
    let sum2 = centre * left3;
    let sum3 = centre * right2;
    for (let j = 1; j <= reach; j++) {
      const weight = half[j]!;
      const left0 = values[k - j]!;
      const right3 = values[k + 3 + j]!;
      sum0 += weight * (left0 + right0);
      sum1 += weight * (left1 + right1);
      sum2 += weight * (left2 + right2);
      sum3 += weight * (left3 + right3);
      left3 = left2;
      left2 = left1;
      left1 = left0;
      right0 = right1;
      right1 = right2;
      right2 = right3;
    }
    out[k] = sum0;
    out[k + 1] = sum1;
    out[k + 2] = sum2;
    out[k + 3] = sum3;
  }
  for (; k < end; k++) {
    let sum = centre * values[k]!;
    for (let j = 1; j <= reach; j++) sum += half[j]! * (values[k - j]! + values[k + j]!);
    out[k] = sum;
  }
}

/** Projects one window on the polynomials and writes their sum at the window's positions from ≤ i < to. */
function fitEdge(
  values: Float64Array,
  out: Float64Array,
  basis: readonly Float64Array[],
  start: number,
  from: number,
  to: number,
): void {
  for (const polynomial of basis) {
    let projection = 0;
    for (let i = 0; i < polynomial.length; i++) projection += polynomial[i]! * values[start + i]!;
    for (let i = from; i < to; i++) out[start + i]! += projection * polynomial[i]!;
  }
}

function coefficients(points: number, degree: number): Coefficients {
  const key = `${points}/${degree}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  checkLimits(points, degree);
  const made = makeCoefficients(points, degree);
  if (cache.size >= MAX_CACHED) {
    for (const oldest of cache.keys()) {
      cache.delete(oldest);
      break;
    }
  }
  cache.set(key, made);
  return made;
}

function checkLimits(points: number, degree: number): void {
  if (!Number.isInteger(points) || points < 1 || points % 2 === 0) {
    throw new RangeError(`A smoothing window is an odd number of points, got ${points}.`);
  }
  if (!Number.isInteger(degree) || degree < 0 || degree >= points) {
    throw new RangeError(
      `A window of ${points} points takes a degree from 0 to ${points - 1}, got ${degree}.`,
    );
  }
}

function makeCoefficients(points: number, degree: number): Coefficients {
  const basis = orthonormalPolynomials(points, degree);
  const reach = (points - 1) / 2;
  const half = new Float64Array(reach + 1);
  for (const polynomial of basis) {
    const atCentre = polynomial[reach]!;
    for (let j = 0; j <= reach; j++) half[j]! += atCentre * polynomial[reach + j]!;
  }
  let squares = half[0]! * half[0]!;
  for (let j = 1; j <= reach; j++) squares += 2 * half[j]! * half[j]!;
  return { half, basis, noiseGain: Math.sqrt(squares) };
}

/**
 * Polynomials orthonormal over `points` equidistant samples, by the three-term recurrence
 * q(k+1) = x·q(k) − |q(k)|²/|q(k−1)|²·q(k−1). On a symmetric grid its other term vanishes, and odd and even
 * stay exactly odd and even. No normal equations, so nothing is lost to their squared condition number.
 */
function orthonormalPolynomials(points: number, degree: number): Float64Array[] {
  const reach = (points - 1) / 2;
  // A window of one point has only the constant, for which the scale of x does not matter.
  const scale = Math.max(reach, 1);
  let previous = new Float64Array(points);
  let current = new Float64Array(points).fill(1);
  let previousNorm = 1;
  const basis: Float64Array[] = [];
  for (let k = 0; k <= degree; k++) {
    const norm = sumOfSquares(current);
    const length = Math.sqrt(norm);
    basis.push(current.map((value) => value / length));
    const older = previous;
    const ratio = norm / previousNorm;
    const next = current.map((value, i) => ((i - reach) / scale) * value - (k === 0 ? 0 : ratio * older[i]!));
    previous = current;
    current = next;
    previousNorm = norm;
  }
  return basis;
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
