import type { Canvas } from "./canvas.ts";

/** Height of the stripe along the axis, CSS px. */
const HEIGHT = 6;
const HATCH = 6;

/** Marks the part of the axis for which there are no data any more, with the words that say so. */
export function paintStale(
  { context, frame, ratio, toX, theme }: Canvas,
  fromX: number,
  words: string,
): void {
  const left = Math.max(frame.left, toX(fromX));
  const top = frame.bottom - HEIGHT * ratio;
  context.save();
  context.beginPath();
  context.rect(left, top, frame.right - left, HEIGHT * ratio);
  context.clip();
  context.strokeStyle = theme.stale;
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  for (let x = left - HEIGHT * ratio; x < frame.right; x += HATCH * ratio) {
    context.moveTo(x, frame.bottom);
    context.lineTo(x + HEIGHT * ratio, top);
  }
  context.stroke();
  context.restore();
  context.fillStyle = theme.stale;
  context.font = `${12 * ratio}px ${theme.font.slice(theme.font.indexOf(" ") + 1)}`;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.fillText(words, frame.right - 2 * ratio, top - 4 * ratio);
}
