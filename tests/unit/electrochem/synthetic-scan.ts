/** Scans whose true peak is known, and seeded noise that is the same on every machine. */

/** Uniform numbers in [0, 1) from a 32-bit seed (mulberry32). */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers (Box-Muller). */
export function seededNormal(seed: number): () => number {
  const uniform = seededUniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** `count` potentials from −0.5 V to 0 V. */
export function sweep(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => -0.5 + (0.5 * i) / (count - 1));
}

export interface Wave {
  readonly centre_v: number;
  readonly height_a: number;
  /** Full width at half height. */
  readonly width_v: number;
}

/** Gaussian waves on the line offset_a + slope_a_v · E, with normal noise. */
export function voltammogram(
  potentials_v: Float64Array,
  waves: readonly Wave[],
  background: { offset_a?: number; slope_a_v?: number; noise_a?: number; seed?: number } = {},
): Float64Array {
  const { offset_a = 0, slope_a_v = 0, noise_a = 0, seed = 1 } = background;
  const normal = seededNormal(seed);
  return potentials_v.map((potential) => {
    let current = offset_a + slope_a_v * potential + noise_a * normal();
    for (const { centre_v, height_a, width_v } of waves) {
      current += height_a * 0.5 ** (((potential - centre_v) / (width_v / 2)) ** 2);
    }
    return current;
  });
}
