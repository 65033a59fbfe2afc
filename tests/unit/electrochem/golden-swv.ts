/** The SWV files of the parity table: three sweeps with a peak of 1 and 2 µA, printed as an instrument prints them. */

export interface GoldenSweep {
  readonly start_v: number;
  readonly step_v: number;
  readonly samples: number;
  readonly peak_v: number;
}

export const GOLDEN = {
  A: { start_v: -0.1, step_v: -0.001, samples: 501, peak_v: -0.35 },
  B: { start_v: -0.6, step_v: 0.001, samples: 501, peak_v: -0.35 },
  C: { start_v: 0.05, step_v: -0.001, samples: 401, peak_v: -0.2 },
} as const satisfies Record<string, GoldenSweep>;

export function goldenSwv({ start_v, step_v, samples, peak_v }: GoldenSweep, electrode: 1 | 2) {
  const exact = Float64Array.from({ length: samples }, (_, k) => start_v + step_v * k);
  const currents_a = exact.map((potential, k) => {
    const peak = (electrode * 1e-6) / Math.cosh((potential - peak_v) / 0.05) ** 2;
    const ripple = 3e-9 * Math.sin(1.7 * k) + 2e-9 * Math.sin(0.61 * k + electrode);
    return Number((peak + 3e-7 - 4e-7 * potential + ripple).toExponential(3));
  });
  return { potentials_v: exact.map((potential) => Number(potential.toFixed(3))), currents_a };
}
