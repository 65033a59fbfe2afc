/** Where the asked window holds more samples than there are, the desktop program takes 15, and fails below. */
const FALLBACK_POINTS = 15;

/**
 * The SACMES desktop program's smoothing window: as many samples as lie within `sg_window_mv` of the lowest potential
 * of the whole file, made odd. Counted in double precision without tolerance, as the program does: a 1 mV grid gives
 * 5 here and 6 there. Null when there are too few samples.
 */
export function desktopWindow(
  potentials_v: Float64Array,
  sg_window_mv: number,
  sg_degree: number,
): number | null {
  let lowest = Infinity;
  for (const potential of potentials_v) if (potential < lowest) lowest = potential;
  let points = 0;
  for (const potential of potentials_v) if (potential - lowest <= sg_window_mv / 1000) points++;
  if (points <= sg_degree) points = sg_degree + 1;
  if (points % 2 === 0) points++;
  if (points <= potentials_v.length) return points;
  return potentials_v.length < FALLBACK_POINTS || sg_degree >= FALLBACK_POINTS ? null : FALLBACK_POINTS;
}
