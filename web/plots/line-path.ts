import type { Canvas } from "./figure.ts";

/** Columns of equal length, ascending along x; NaN in y breaks the line. */
export interface Points {
  readonly xs: ArrayLike<number>;
  readonly ys: ArrayLike<number>;
  /** First and last index to draw (exclusive). */
  readonly from: number;
  readonly to: number;
}

/** Above this many points per device pixel, columns of pixels are drawn by their extremes: nothing visible is lost. */
const DENSE = 3;

/** The line through the points, as a path in device pixels. */
export function linePath(points: Points, canvas: Canvas): Path2D {
  const width = canvas.frame.right - canvas.frame.left;
  return points.to - points.from > DENSE * width ? densePath(points, canvas) : plainPath(points, canvas);
}

function plainPath({ xs, ys, from, to }: Points, { toX, toY }: Canvas): Path2D {
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

/** One vertical stroke per pixel column, from first over lowest and highest to last. */
function densePath({ xs, ys, from, to }: Points, { toX, toY }: Canvas): Path2D {
  const path = new Path2D();
  let down = false;
  for (let i = from; i < to; ) {
    const column = Math.round(toX(xs[i] ?? 0));
    let [first, last, low, high] = [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (; i < to && Math.round(toX(xs[i] ?? 0)) === column; i++) {
      const y = ys[i] ?? Number.NaN;
      if (Number.isNaN(y)) continue;
      if (Number.isNaN(first)) first = y;
      last = y;
      if (y < low) low = y;
      if (y > high) high = y;
    }
    if (Number.isNaN(first)) {
      down = false;
      continue;
    }
    if (down) path.lineTo(column, toY(first));
    else path.moveTo(column, toY(first));
    for (const y of [low, high, last]) path.lineTo(column, toY(y));
    down = true;
  }
  return path;
}
