import type { Canvas } from "./canvas.ts";

/** Columns of equal length, ascending along x; NaN in y breaks the line. */
export interface Points {
  readonly xs: ArrayLike<number>;
  readonly ys: ArrayLike<number>;
  /** First and last index to draw (exclusive). */
  readonly from: number;
  readonly to: number;
}

/** The line through the points, as a path in device pixels. */
export function linePath({ xs, ys, from, to }: Points, { toX, toY }: Canvas): Path2D {
  const path = new Path2D();
  let down = false;
  for (let i = from; i < to; i++) {
    const y = ys[i] ?? Number.NaN;
    if (Number.isNaN(y)) {
      down = false;
      continue;
    }
    const x = toX(xs[i] ?? 0);
    if (down) path.lineTo(x, toY(y));
    else path.moveTo(x, toY(y));
    down = true;
  }
  return path;
}
