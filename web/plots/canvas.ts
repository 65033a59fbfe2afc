import type uPlot from "uplot";
import type { PlotTheme } from "./plot-theme.ts";
import type { Limits } from "./stepped-limits.ts";

/** Where a painter draws: device pixels of the plot's own canvas, clipped to its frame. */
export interface Canvas {
  readonly context: CanvasRenderingContext2D;
  readonly theme: PlotTheme;
  readonly frame: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  };
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly xLimits: Limits;
  toX(value: number): number;
  toY(value: number): number;
}

/** Lets a painter draw inside the frame of a plot, on its own canvas or on one that lies over it. */
export function paintInside(
  plot: uPlot,
  theme: PlotTheme,
  context: CanvasRenderingContext2D,
  paint: (canvas: Canvas) => void,
): void {
  const { left, top, width, height } = plot.bbox;
  const { min, max } = plot.scales.x ?? {};
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  paint({
    context,
    theme,
    frame: { left, top, right: left + width, bottom: top + height },
    ratio: devicePixelRatio,
    xLimits: [min ?? 0, max ?? 1],
    toX: linear(plot, "x"),
    toY: linear(plot, "y"),
  });
  context.restore();
}

/** A scale as a line: asked for every point, and the library's own way costs ten times as much. */
function linear(plot: uPlot, scale: "x" | "y"): (value: number) => number {
  const { min, max } = plot.scales[scale] ?? {};
  const [low, high] = [min ?? 0, max ?? 1];
  const at = plot.valToPos(low, scale, true);
  const slope = (plot.valToPos(high, scale, true) - at) / (high - low);
  return (value) => at + (value - low) * slope;
}
