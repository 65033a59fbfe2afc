/** Cyclic voltammograms whose answer is known. */

export interface SyntheticCv {
  readonly potentials_v: Float64Array;
  readonly currents_a: Float64Array;
}

/** Potentials from `from` to `to` and back, `cycles` times; each turning potential occurs once. */
export function cyclePotentials(from: number, to: number, step_v: number, cycles = 1): Float64Array {
  const steps = Math.round(Math.abs(to - from) / step_v);
  const at = (k: number) => from + ((to - from) * k) / steps;
  const potentials = [at(0)];
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (let k = 1; k <= steps; k++) potentials.push(at(k));
    for (let k = steps - 1; k >= 0; k--) potentials.push(at(k));
  }
  return Float64Array.from(potentials);
}

/**
 * The CV file of the desktop program's parity table: surface-bound waves at −0.08 V (rising) and −0.12 V (falling)
 * on a charging current, with a ripple; 3 decimals of potential, 5 digits of current.
 */
export function goldenCv(electrode: 1 | 2): SyntheticCv {
  const potentials_v = Float64Array.from({ length: 801 }, (_, j) =>
    Number((-0.5 + 0.002 * (j <= 400 ? j : 800 - j)).toFixed(3)),
  );
  const currents_a = potentials_v.map((potential, j) => {
    const rising = j <= 400;
    const wave = (electrode * 1e-6) / Math.cosh((potential - (rising ? -0.08 : -0.12)) / 0.04) ** 2;
    const current = (rising ? 1 : -1) * (wave + 2e-7) + 1e-7 * potential + 1e-9 * Math.sin(1.3 * j);
    return Number(current.toExponential(4));
  });
  return { potentials_v, currents_a };
}

/** F / (R · 298.15 K), 1/V. */
const NERNST = 96_485.332_12 / (8.314_462_618 * 298.15);

/**
 * A species in solution that is oxidised reversibly at 0 V, diffusing to a flat electrode: the current is the
 * semiderivative of the Nernst curve (Oldham & Spanier; Grünwald's weights). Scaled so that the peak of the first
 * rising sweep is 0.4463 · scale (Nicholson & Shain 1964).
 */
export function diffusingCv(potentials_v: Float64Array, step_v: number, scale_a = 1e-6): Float64Array {
  const reacted = potentials_v.map((potential) => 1 / (1 + Math.exp(-NERNST * potential)));
  const weights = new Float64Array(reacted.length);
  for (let j = 0; j < weights.length; j++) weights[j] = j === 0 ? 1 : ((weights[j - 1] ?? 0) * (j - 1.5)) / j;
  const unit = scale_a / Math.sqrt(NERNST * step_v);
  return reacted.map((_, n) => {
    let sum = 0;
    for (let j = 0; j <= n; j++) sum += (weights[j] ?? 0) * (reacted[n - j] ?? 0);
    return unit * sum;
  });
}
