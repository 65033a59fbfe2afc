import type { Curve } from "../log/curve.ts";
import { kindOf, type TraceId, type TraceRow, traceOf } from "../log/trace.ts";
import type { Canvas } from "./canvas.ts";
import { linePath } from "./line-path.ts";
import type { TraceLook } from "./trace-look.ts";

const RAW_ALPHA = 0.38;
const RAW_SIZE = 1.4;
const BASELINE_ALPHA = 0.75;
const PEAK_RADIUS = 4.5;

/** Raw points, baseline, smoothed line: what a person judges a fit by. */
export function paintFit(canvas: Canvas, curve: Curve, look: TraceLook): void {
  const { context } = canvas;
  context.save();
  context.fillStyle = look.color;
  context.globalAlpha = RAW_ALPHA;
  paintRaw(canvas, curve);
  context.restore();
  paintLines(canvas, curve, look, { from: 0, to: curve.xs.length });
}

/** Baseline and smoothed line of a part of a curve. */
export function paintLines(
  { context, ...canvas }: Canvas,
  curve: Curve,
  look: TraceLook,
  part: { readonly from: number; readonly to: number },
): void {
  const all = { xs: curve.xs, ...part };
  const whole = { context, ...canvas };
  const { ratio } = canvas;
  context.save();
  context.strokeStyle = look.color;
  context.globalAlpha = BASELINE_ALPHA;
  context.lineWidth = ratio;
  context.stroke(linePath({ ...all, ys: curve.baselineA }, whole));
  context.globalAlpha = 1;
  context.lineWidth = 1.7 * ratio;
  context.lineJoin = "bevel";
  context.setLineDash(look.dash.map((length) => length * ratio));
  context.stroke(linePath({ ...all, ys: curve.smoothedA }, whole));
  context.restore();
}

/** One thin line, one device pixel wide: that costs a quarter of wider ones. */
export function paintThin(canvas: Canvas, curve: Curve, look: TraceLook): void {
  const { context, ratio } = canvas;
  context.strokeStyle = look.color;
  context.lineWidth = ratio;
  context.stroke(linePath({ xs: curve.xs, ys: curve.smoothedA, from: 0, to: curve.xs.length }, canvas));
}

export function paintRaw({ context, ratio, toX, toY }: Canvas, { xs, currentsA }: Curve): void {
  const size = RAW_SIZE * ratio;
  for (let i = 0; i < xs.length; i++) {
    context.fillRect(toX(xs[i] ?? 0) - size / 2, toY(currentsA[i] ?? 0) - size / 2, size, size);
  }
}

/** A small open circle on the smoothed curve for every peak that counts. */
export function paintPeaks(canvas: Canvas, curve: Curve, look: (id: TraceId) => TraceLook): void {
  const { context, ratio, toX, toY, theme } = canvas;
  for (const row of curve.results) {
    if (kindOf(row) !== "peak") continue;
    context.beginPath();
    context.arc(
      toX(row.peak_potential_v),
      toY(currentAtPeak(curve, row)),
      PEAK_RADIUS * ratio,
      0,
      2 * Math.PI,
    );
    context.fillStyle = theme.surface;
    context.fill();
    context.strokeStyle = look(traceOf(row)).color;
    context.lineWidth = 1.8 * ratio;
    context.stroke();
  }
}

/** The desktop program tells no current of its peaks: then it is that of the nearest sample of its segment. */
function currentAtPeak({ xs, smoothedA, segments }: Curve, row: TraceRow): number {
  if (!Number.isNaN(row.peak_current_a)) return row.peak_current_a;
  const part = segments.find(({ segment }) => segment === row.segment);
  if (part === undefined) return Number.NaN;
  let best = part.from;
  const distance = (i: number): number => Math.abs((xs[i] ?? Number.NaN) - row.peak_potential_v);
  for (let i = part.from; i < part.to; i++) if (distance(i) < distance(best)) best = i;
  return smoothedA[best] ?? Number.NaN;
}
