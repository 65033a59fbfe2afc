import type { TrendLine } from "../log/trend.ts";
import type { Canvas } from "./figure.ts";
import { linePath } from "./line-path.ts";
import { addMarker } from "./marker-path.ts";
import type { TraceLook } from "./trace-look.ts";

/** Distance between points from which each gets its marker, CSS px. */
const MARKER_SPACE = 9;
const MARKER_SIZE = 2.6;
const LARGE_SIZE = 4;
const LINE_WIDTH = 1.6;

/** Draws one trace of a trend: line, markers where there is room, and the latest point a little larger. */
export function paintTrace(canvas: Canvas, line: TrendLine, look: TraceLook): void {
  const { context, ratio, xLimits, frame } = canvas;
  const from = Math.max(0, line.xs.lowerBound(xLimits[0]) - 1);
  const to = Math.min(line.xs.length, line.xs.upperBound(xLimits[1]) + 1);
  if (to <= from) return;
  const points = { xs: line.xs.view(), ys: line.heightsA.view(), from, to };
  context.strokeStyle = look.color;
  context.fillStyle = look.color;
  context.lineWidth = LINE_WIDTH * ratio;
  context.lineJoin = "round";
  context.setLineDash(look.dash.map((length) => length * ratio));
  context.stroke(linePath(points, canvas));
  context.setLineDash([]);
  const roomy = (frame.right - frame.left) / ratio / (to - from) >= MARKER_SPACE;
  context.fill(markers(canvas, line, look, { from, to, all: roomy }));
  paintLatest(canvas, line, look);
}

/** Markers of all points, or only of those that no line reaches. */
function markers(
  { toX, toY, ratio }: Canvas,
  line: TrendLine,
  look: TraceLook,
  { from, to, all }: { from: number; to: number; all: boolean },
): Path2D {
  const path = new Path2D();
  for (let i = from; i < to; i++) {
    const y = line.heightsA.at(i);
    if (Number.isNaN(y)) continue;
    const alone = Number.isNaN(line.heightsA.at(i - 1)) && Number.isNaN(line.heightsA.at(i + 1));
    if (all || alone) addMarker(path, look.marker, toX(line.xs.at(i)), toY(y), MARKER_SIZE * ratio);
  }
  return path;
}

/** Marks the points of one file on a trace. */
export function paintPointsOf(canvas: Canvas, line: TrendLine, look: TraceLook, x: number, offset: number): void {
  for (let i = line.xs.lowerBound(x); line.xs.at(i) === x; i++) {
    if (line.offsets.at(i) === offset) paintLarge(canvas, line, look, i);
  }
}

function paintLatest(canvas: Canvas, line: TrendLine, look: TraceLook): void {
  let last = line.xs.length - 1;
  while (last >= 0 && Number.isNaN(line.heightsA.at(last))) last -= 1;
  if (last >= 0) paintLarge(canvas, line, look, last);
}

function paintLarge(
  { context, toX, toY, ratio, theme }: Canvas,
  line: TrendLine,
  look: TraceLook,
  index: number,
): void {
  const heightA = line.heightsA.at(index);
  if (Number.isNaN(heightA)) return;
  const path = new Path2D();
  addMarker(path, look.marker, toX(line.xs.at(index)), toY(heightA), LARGE_SIZE * ratio);
  context.fillStyle = look.color;
  context.strokeStyle = theme.surface;
  context.lineWidth = 2 * ratio;
  context.stroke(path);
  context.fill(path);
}
