import { ENTRY_STATUS } from "../../shared/protocol/log-tables.ts";
import type { SessionLog } from "../log/session-log.ts";
import type { Trend } from "../log/trend.ts";
import { lowerBound, type PlotLine } from "../trends/shown-line.ts";
import type { Canvas } from "./canvas.ts";

/** Height of the lane along the axis in which scans without a peak are marked, CSS px. */
export const RUG_HEIGHT = 12;
const TICK = 5;
const CROSS = 2.6;

/** Marks scans of one trace that have no peak: short strokes in its colour, never a point at zero. */
export function paintNoPeaks(
  { context, frame, ratio, toX, xLimits }: Canvas,
  line: PlotLine,
  color: string,
  isExcluded: (offset: number) => boolean,
): void {
  const path = new Path2D();
  let drawnAt = Number.NaN;
  for (let i = lowerBound(line.xs, xLimits[0]); (line.xs[i] ?? Infinity) <= xLimits[1]; i++) {
    if (!Number.isNaN(line.ys[i] ?? 0)) continue;
    const x = Math.round(toX(line.xs[i] ?? 0));
    if (x === drawnAt || isExcluded(line.offsets[i] ?? -1)) continue;
    drawnAt = x;
    path.moveTo(x, frame.bottom);
    path.lineTo(x, frame.bottom - TICK * ratio);
  }
  context.strokeStyle = color;
  context.lineWidth = 1.5 * ratio;
  context.stroke(path);
}

/** Marks files that could not be analysed: crosses in the text's colour. */
export function paintFailures(canvas: Canvas, log: SessionLog, trend: Trend): void {
  const { context, frame, ratio, toX, xLimits, theme } = canvas;
  const to = trend.xs.upperBound(xLimits[1]);
  const path = new Path2D();
  const y = frame.bottom - (RUG_HEIGHT - CROSS - 1) * ratio;
  for (let i = trend.xs.lowerBound(xLimits[0]); i < to; i++) {
    if (log.entry(trend.offsets.at(i), "status") !== ENTRY_STATUS.failed) continue;
    const x = toX(trend.xs.at(i));
    const size = CROSS * ratio;
    path.moveTo(x - size, y - size);
    path.lineTo(x + size, y + size);
    path.moveTo(x - size, y + size);
    path.lineTo(x + size, y - size);
  }
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.2 * ratio;
  context.stroke(path);
}

/** Marks excluded scans: a stroke that is struck through. */
export function paintExcluded(canvas: Canvas, xs: readonly number[]): void {
  const { context, frame, ratio, toX, theme } = canvas;
  const path = new Path2D();
  for (const value of xs) {
    const x = Math.round(toX(value)) + 0.5;
    path.moveTo(x, frame.bottom);
    path.lineTo(x, frame.bottom - RUG_HEIGHT * ratio);
    path.moveTo(x - 4 * ratio, frame.bottom - (RUG_HEIGHT / 2) * ratio);
    path.lineTo(x + 4 * ratio, frame.bottom - (RUG_HEIGHT / 2) * ratio);
  }
  context.strokeStyle = theme.muted;
  context.lineWidth = 1.5 * ratio;
  context.stroke(path);
}
