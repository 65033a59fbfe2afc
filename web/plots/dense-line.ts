import type { Canvas } from "./canvas.ts";
import type { Points } from "./line-path.ts";

/** Above this many points per column of pixels, a line is a band: nothing between its extremes can be seen. */
const DENSE = 1;

export function isDense({ from, to }: Points, { frame }: Canvas): boolean {
  return to - from > DENSE * (frame.right - frame.left);
}

/**
 * Draws a dense line: for each column of pixels one bar from its lowest to its highest value, so that every extreme
 * stays visible. Rectangles cost a tenth of stroking the same path (4 traces of 10,000 points: under 2 ms).
 *
 * @param width of the line, device pixels
 * @param columnPx width of a column: wider ones for many lines
 */
export function paintDense(canvas: Canvas, points: Points, width: number, columnPx: number): void {
  const { context, toX, toY } = canvas;
  const { xs, ys, to } = points;
  const columnOf = (x: number): number => Math.round(toX(x) / columnPx) * columnPx;
  let last = Number.NaN;
  for (let i = points.from; i < to; ) {
    const column = columnOf(xs[i] ?? 0);
    // The line comes from the column before, unless there was a gap.
    let [low, high] = [last, last];
    let seen = false;
    for (; i < to && columnOf(xs[i] ?? 0) === column; i++) {
      const y = ys[i] ?? Number.NaN;
      last = y;
      if (Number.isNaN(y)) continue;
      seen = true;
      low = y < low || Number.isNaN(low) ? y : low;
      high = y > high || Number.isNaN(high) ? y : high;
    }
    if (!seen) continue;
    const top = toY(high) - width / 2;
    context.fillRect(column, top, columnPx, toY(low) + width / 2 - top);
  }
}
