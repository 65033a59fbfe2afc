/** Axis limits that move rarely and by steps, so that a growing trend does not tremble. */

export type Limits = readonly [low: number, high: number];

/** Free space beside the data, as a part of their span, before snapping to a step. */
const PADDING = 0.04;
/** Steps across the span. */
const STEPS = 6;
/** A signal that hardly moves is not blown up to its noise: the span is at least this part of its size. */
const LEAST_SPAN = 0.02;
/** No current or potential is this small; below it a span is that of zeros. */
const NOTHING = 1e-20;
/** Limits are given up when the data fill less than this part of them. */
const LEAST_FILL = 0.55;

/**
 * Limits around data from `low` to `high`: the previous ones while the data fit into them and fill them, else new
 * ones on a round step outside of the data. Without data the previous ones, or 0 to 1.
 */
export function steppedLimits(low: number, high: number, previous: Limits | null = null): Limits {
  if (!(low <= high)) return previous ?? [0, 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  const span = size < NOTHING ? 1 : Math.max(high - low, LEAST_SPAN * size);
  if (previous !== null) {
    const fits = low >= previous[0] && high <= previous[1];
    if (fits && span >= LEAST_FILL * (previous[1] - previous[0])) return previous;
  }
  const step = roundStep(span / STEPS);
  const pad = PADDING * span;
  return [
    snap(Math.floor((low - pad) / step) * step, step),
    snap(Math.ceil((high + pad) / step) * step, step),
  ];
}

/** The smallest of 1, 2, 5 times a power of ten that is at least `least`. */
export function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** A multiple of a decimal step without the dust of binary fractions. */
function snap(value: number, step: number): number {
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(step)));
  return decimals > 100 ? value : Number(value.toFixed(decimals));
}
