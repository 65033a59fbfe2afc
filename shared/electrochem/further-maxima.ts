/** More waves than the chosen one are worth a mark on the plot; a forest of them is not. */
const MAX_REPORTED = 8;

/**
 * Maxima of a curve that stand apart from each other: from each of them the curve comes down by more than
 * `depth` on both sides before it rises to the next. Ripples on the flank of a wave are part of that wave.
 * Works in one pass with hysteresis.
 *
 * @param curve curve minus baseline, starting and ending near zero
 * @param depth > 0, same unit as the curve; a multiple of its noise
 * @param chosen index of the maximum already reported; its own wave is left out
 * @returns indices, highest first, at most 8
 */
export function furtherMaxima(curve: Float64Array, depth: number, chosen: number): number[] {
  const height = curve[chosen]!;
  return separateWaves(curve, depth)
    .filter(({ top, from, to }) => chosen < from || chosen > to || curve[top]! - height > depth)
    .map(({ top }) => top)
    .sort((a, b) => curve[b]! - curve[a]!)
    .slice(0, MAX_REPORTED);
}

interface Wave {
  /** Index of the maximum. */
  readonly top: number;
  /** Indices of the valleys on both sides, or the ends of the curve. */
  readonly from: number;
  to: number;
}

function separateWaves(curve: Float64Array, depth: number): Wave[] {
  const waves: Wave[] = [];
  let falling: Wave | null = null;
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < curve.length; i++) {
    const value = curve[i]!;
    if (falling !== null) {
      if (value < curve[bottom]!) bottom = i;
      else if (value - curve[bottom]! > depth) {
        falling.to = bottom;
        falling = null;
        top = i;
      }
    } else if (value >= curve[top]!) top = i;
    else if (curve[top]! - value > depth) {
      falling = { top, from: bottom, to: curve.length - 1 };
      waves.push(falling);
      bottom = i;
    }
  }
  return waves;
}
