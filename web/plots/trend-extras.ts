import type { ShownMark } from "../stores/trends.ts";
import { lowerBound, type ShownLine } from "../trends/shown-line.ts";
import type { Canvas } from "./canvas.ts";

/** What stands around the lines of a trend: spread, replicates, marks. */

const BAND_OPACITY = 0.16;
const CAP = 3;

/** Mean ± SD as a band in the line's colour; broken where there is no spread. */
export function paintBand(
  { context, toX, toY, xLimits }: Canvas,
  xs: Float64Array,
  { low, high }: NonNullable<ShownLine["band"]>,
  color: string,
): void {
  const end = Math.min(xs.length, lowerBound(xs, xLimits[1]) + 2);
  context.fillStyle = color;
  context.globalAlpha = BAND_OPACITY;
  let from = Math.max(0, lowerBound(xs, xLimits[0]) - 1);
  while (from < end) {
    let to = from;
    while (to < end && !Number.isNaN((low[to] ?? Number.NaN) + (high[to] ?? Number.NaN))) to += 1;
    if (to - from > 1) {
      const path = new Path2D();
      for (let i = from; i < to; i++) path.lineTo(toX(xs[i] ?? 0), toY(high[i] ?? 0));
      for (let i = to - 1; i >= from; i--) path.lineTo(toX(xs[i] ?? 0), toY(low[i] ?? 0));
      context.fill(path);
    }
    from = to + 1;
  }
  context.globalAlpha = 1;
}

/** Means of replicate groups with their standard error as bars. */
export function paintGroups(
  { context, toX, toY, ratio, theme }: Canvas,
  groups: ShownLine["groups"],
  color: string,
): void {
  const path = new Path2D();
  for (const { x, mean, error } of groups) {
    if (Number.isNaN(mean)) continue;
    const [at, y] = [toX(x), toY(mean)];
    const reach = Number.isNaN(error) ? 0 : Math.abs(toY(mean + error) - y);
    path.moveTo(at, y - reach);
    path.lineTo(at, y + reach);
    for (const end of reach > 0 ? [y - reach, y + reach] : []) {
      path.moveTo(at - CAP * ratio, end);
      path.lineTo(at + CAP * ratio, end);
    }
    path.rect(at - CAP * ratio, y - CAP * ratio, 2 * CAP * ratio, 2 * CAP * ratio);
  }
  context.fillStyle = theme.surface;
  context.fill(path);
  context.strokeStyle = color;
  context.lineWidth = 1.4 * ratio;
  context.stroke(path);
}

/** Injections as full verticals, remarks as dotted ones. Their labels are elements over the plot. */
export function paintMarks({ context, frame, ratio, theme, toX }: Canvas, marks: readonly ShownMark[]): void {
  context.strokeStyle = theme.muted;
  context.lineWidth = ratio;
  for (const { note, x } of marks) {
    const at = Math.round(toX(x)) + 0.5;
    if (at < frame.left || at > frame.right) continue;
    context.setLineDash(note.kind === "injection" ? [] : [2 * ratio, 3 * ratio]);
    context.beginPath();
    context.moveTo(at, frame.top);
    context.lineTo(at, frame.bottom);
    context.stroke();
  }
  context.setLineDash([]);
}
