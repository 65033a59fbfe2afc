/**
 * Half width, in standard errors, of the two-sided 95 % interval of Student's t with a whole number of degrees of
 * freedom: the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4, inverted by bisection.
 */
export function studentT95(degreesOfFreedom: number): number {
  let low = 0;
  // One degree of freedom has the widest interval: 12.706.
  let high = 13;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (probabilityWithin(middle, degreesOfFreedom) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability of |T| ≤ t. */
function probabilityWithin(t: number, degreesOfFreedom: number): number {
  const angle = Math.atan(t / Math.sqrt(degreesOfFreedom));
  const squaredCosine = Math.cos(angle) ** 2;
  const isOdd = degreesOfFreedom % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let k = isOdd ? 1 : 0; k < degreesOfFreedom - 1; k += 2) {
    sum += term;
    term *= ((k + 1) / (k + 2)) * squaredCosine;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
