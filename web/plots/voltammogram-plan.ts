import type { Curve } from "../log/curve.ts";
import type { TraceId } from "../log/trace.ts";
import type { Canvas } from "./canvas.ts";
import { paintFit, paintPeaks, paintThin } from "./curve-painter.ts";
import { paintCycle } from "./cycle-painter.ts";
import type { AxisPlan, FigurePlan } from "./figure.ts";
import { plainAxis, SiAxis } from "./number-axis.ts";
import { type Limits, roundStep, steppedLimits } from "./stepped-limits.ts";
import type { TraceLook } from "./trace-look.ts";

/** What is drawn, asked for at every picture. */
export interface VoltammogramSource {
  curves(): readonly Curve[];
  look(id: TraceId): TraceLook;
  /** Where the peak is looked for, V; null: anywhere. */
  peakWindow(): Limits | null;
  /** One edge of that window goes elsewhere; absent: it cannot be moved. @param edge 0: the lower one */
  moveEdge?(edge: 0 | 1, potentialV: number): void;
  cursor(at: { readonly x: number; readonly currentA: number } | null): void;
}

/** Of more curves than this only thin lines and peaks are drawn: the rest would be a fog, and slow. */
const FULL_CURVES = 16;
const EMPTY = new Float64Array(0);

/** Raw points, smoothed line, baseline and peaks of one round of scans. */
export class VoltammogramPlan implements FigurePlan {
  readonly xAxis: AxisPlan = {
    ...plainAxis(""),
    label: () => `${this.xUnit === "s" ? "t" : "E"} / ${this.xUnit}`,
  };
  readonly yAxis = new SiAxis("I", "A");
  private readonly source: VoltammogramSource;
  private y: Limits | null = null;

  constructor(source: VoltammogramSource) {
    this.source = source;
  }

  get xUnit(): "V" | "s" {
    return this.source.curves()[0]?.shape === "decay" ? "s" : "V";
  }

  xs(): Float64Array {
    const [first] = this.source.curves();
    // The cursor needs an order; a cycle goes back and forth.
    return first === undefined ? EMPTY : Float64Array.from(first.xs).sort();
  }

  xLimits(): Limits {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { xs } of this.source.curves()) {
      for (const x of xs) {
        if (x < low) low = x;
        if (x > high) high = x;
      }
    }
    return low <= high ? rounded(low, high) : [-0.5, 0];
  }

  yLimits(): Limits {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { currentsA } of this.source.curves()) {
      for (const current of currentsA) {
        if (current < low) low = current;
        if (current > high) high = current;
      }
    }
    this.y = low <= high ? steppedLimits(low, high, this.y) : (this.y ?? [0, 1e-6]);
    return this.y;
  }

  paint(canvas: Canvas): void {
    this.paintWindow(canvas);
    const curves = this.source.curves();
    const full = curves.length <= FULL_CURVES;
    const look = (id: TraceId) => this.source.look(id);
    for (const curve of curves) {
      if (curve.shape === "cycle") paintCycle(canvas, curve, look, full);
      else (full ? paintFit : paintThin)(canvas, curve, look(curve));
      paintPeaks(canvas, curve, look);
    }
  }

  /** An edge of the window under the hand. */
  grab(x: number, within: number): ((x: number) => void) | null {
    const window = this.source.peakWindow();
    const { moveEdge } = this.source;
    if (window === null || moveEdge === undefined) return null;
    const [low, high] = window.map((edge) => Math.abs(edge - x)) as [number, number]; // of a pair
    if (Math.min(low, high) > within) return null;
    const edge = low <= high ? 0 : 1;
    return (to) => moveEdge(edge, to);
  }

  cursor(at: { readonly x: number; readonly y: number } | null): void {
    this.source.cursor(at === null ? null : { x: at.x, currentA: at.y });
  }

  private paintWindow({ context, frame, theme, toX, ratio }: Canvas): void {
    const window = this.source.peakWindow();
    if (window === null) return;
    const [left, right] = [toX(window[0]), toX(window[1])];
    context.fillStyle = theme.band;
    context.fillRect(left, frame.top, right - left, frame.bottom - frame.top);
    context.fillStyle = theme.axis;
    for (const x of [left, right])
      context.fillRect(Math.round(x), frame.bottom - 8 * ratio, ratio, 8 * ratio);
  }
}

/** The ends of the sweep, out to the next fiftieth of it: Float32 and first samples that were skipped leave dust. */
function rounded(low: number, high: number): Limits {
  if (!(low < high)) return [low - 0.1, high + 0.1];
  const step = roundStep((high - low) / 60);
  return [Math.floor(low / step + 1e-3) * step, Math.ceil(high / step - 1e-3) * step];
}
