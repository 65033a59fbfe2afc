import type { Curve } from "../log/curve.ts";
import type { TraceId } from "../log/trace.ts";
import type { Canvas } from "./canvas.ts";
import { paintLines } from "./curve-painter.ts";
import { linePath } from "./line-path.ts";
import type { TraceLook } from "./trace-look.ts";

const CYCLE_ALPHA = 0.45;

/** The whole cycle as measured, thin; over it the analysed segments with their baselines, each in its own colour. */
export function paintCycle(
  canvas: Canvas,
  curve: Curve,
  look: (id: TraceId) => TraceLook,
  withBaselines: boolean,
): void {
  const { context, ratio, theme } = canvas;
  context.save();
  context.strokeStyle = theme.muted;
  context.globalAlpha = CYCLE_ALPHA;
  context.lineWidth = ratio;
  context.stroke(linePath({ xs: curve.xs, ys: curve.currentsA, from: 0, to: curve.xs.length }, canvas));
  context.restore();
  if (!withBaselines) return;
  const shown = new Set(curve.results.map(({ segment }) => segment));
  for (const { segment, sweep, from, to } of curve.segments) {
    if (!shown.has(segment)) continue;
    const id = { electrode: curve.electrode, frequencyHz: null, sweep: { segment, direction: sweep } };
    paintLines(canvas, curve, look(id), { from, to });
  }
}
