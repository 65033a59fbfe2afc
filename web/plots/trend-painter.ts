import { lowerBound, type PlotLine } from "../trends/shown-line.ts";
import type { Canvas } from "./canvas.ts";
import { isDense, paintDense } from "./dense-line.ts";
import { linePath, type Points } from "./line-path.ts";
import { addMarker } from "./marker-path.ts";
import type { TraceLook } from "./trace-look.ts";

/** Distance to both neighbours from which a point gets its marker, CSS px. */
const MARKER_SPACE = 9;
/** On a line so dense that its dash cannot be seen, markers at this distance tell the electrode, CSS px. */
const SPARSE_SPACE = 110;
const MARKER_SIZE = 2.6;
const LARGE_SIZE = 4;
const LINE_WIDTH = 1.6;

/** Bars that dense lines are drawn with in one picture, all together. */
const MOST_BARS = 30_000;

/**
 * Draws one trace of a trend: line, markers where there is room, and the latest point a little larger.
 *
 * @param among how many traces are drawn
 */
export function paintTrace(canvas: Canvas, line: PlotLine, look: TraceLook, among: number): void {
  const { context, ratio, xLimits, frame } = canvas;
  const from = Math.max(0, lowerBound(line.xs, xLimits[0]) - 1);
  const to = Math.min(line.xs.length, lowerBound(line.xs, xLimits[1]) + 2);
  if (to <= from) return;
  const points = { xs: line.xs, ys: line.ys, from, to };
  context.fillStyle = look.color;
  if (isDense(points, canvas)) {
    paintDense(
      canvas,
      points,
      LINE_WIDTH * ratio,
      Math.ceil((among * (frame.right - frame.left)) / MOST_BARS),
    );
    paintSparseMarkers(canvas, points, look);
  } else {
    strokeLine(canvas, points, look);
    context.fill(markers(canvas, points, look));
  }
  paintLatest(canvas, line, look);
}

function strokeLine(canvas: Canvas, points: Points, look: TraceLook): void {
  const { context, ratio } = canvas;
  context.strokeStyle = look.color;
  context.lineWidth = LINE_WIDTH * ratio;
  context.lineJoin = "bevel"; // round joins cost twice the whole line
  context.setLineDash(look.dash.map((length) => length * ratio));
  context.stroke(linePath(points, canvas));
  context.setLineDash([]);
}

/** Markers where there is room on both sides, and of points that no line reaches. */
function markers({ toX, toY, ratio }: Canvas, { xs, ys, from, to }: Points, look: TraceLook): Path2D {
  const path = new Path2D();
  const at = (i: number): number => (Number.isNaN(ys[i] ?? Number.NaN) ? Number.NaN : toX(xs[i] ?? 0));
  let [before, here] = [Number.NaN, at(from)];
  for (let i = from; i < to; i++) {
    const after = i + 1 < to ? at(i + 1) : Number.NaN;
    // Not "at least": a neighbour that is missing leaves room.
    const crowded = here - before < MARKER_SPACE * ratio || after - here < MARKER_SPACE * ratio;
    if (!Number.isNaN(here) && !crowded)
      addMarker(path, look.marker, here, toY(ys[i] ?? 0), MARKER_SIZE * ratio);
    [before, here] = [here, after];
  }
  return path;
}

function paintSparseMarkers(canvas: Canvas, { xs, ys, from, to }: Points, look: TraceLook): void {
  const { context, toX, toY, ratio, theme } = canvas;
  const path = new Path2D();
  let free = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const y = ys[i] ?? Number.NaN;
    const x = toX(xs[i] ?? 0);
    if (x < free || Number.isNaN(y)) continue;
    addMarker(path, look.marker, x, toY(y), LARGE_SIZE * ratio);
    free = x + SPARSE_SPACE * ratio;
  }
  context.strokeStyle = theme.surface;
  context.lineWidth = 2 * ratio;
  context.stroke(path);
  context.fill(path);
}

/** Marks the points of one file on a trace: its scans stand from `x` up to the next whole place. */
export function paintPointsOf(
  canvas: Canvas,
  line: PlotLine,
  look: TraceLook,
  x: number,
  offset: number,
): void {
  for (let i = lowerBound(line.xs, x); (line.xs[i] ?? Infinity) < x + 1; i++) {
    if (line.offsets[i] === offset) paintLarge(canvas, line, look, i);
  }
}

function paintLatest(canvas: Canvas, line: PlotLine, look: TraceLook): void {
  let last = line.xs.length - 1;
  while (last >= 0 && Number.isNaN(line.ys[last] ?? Number.NaN)) last -= 1;
  if (last >= 0) paintLarge(canvas, line, look, last);
}

function paintLarge(
  { context, toX, toY, ratio, theme }: Canvas,
  line: PlotLine,
  look: TraceLook,
  index: number,
): void {
  const y = line.ys[index] ?? Number.NaN;
  if (Number.isNaN(y)) return;
  const path = new Path2D();
  addMarker(path, look.marker, toX(line.xs[index] ?? 0), toY(y), LARGE_SIZE * ratio);
  context.fillStyle = look.color;
  context.strokeStyle = theme.surface;
  context.lineWidth = 2 * ratio;
  context.stroke(path);
  context.fill(path);
}
