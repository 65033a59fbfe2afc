import { ENTRY_STATUS } from "../../shared/protocol/log-tables.ts";
import type { SessionLog } from "../log/session-log.ts";
import type { Trend, TrendLine } from "../log/trend.ts";
import type { Canvas } from "./canvas.ts";

/** Height of the lane along the axis in which scans without a peak are marked, CSS px. */
export const RUG_HEIGHT = 12;
const TICK = 5;
const CROSS = 2.6;

/** Marks scans of one trace that have no peak: short strokes in its colour, never a point at zero. */
export function paintNoPeaks(
  { context, frame, ratio, toX, xLimits }: Canvas,
  line: TrendLine,
  color: string,
): void {
  const to = line.xs.upperBound(xLimits[1]);
  const path = new Path2D();
  let drawnAt = Number.NaN;
  for (let i = line.xs.lowerBound(xLimits[0]); i < to; i++) {
    if (!Number.isNaN(line.heightsA.at(i))) continue;
    const x = Math.round(toX(line.xs.at(i)));
    if (x === drawnAt) continue;
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
